//! The fonts that are in the binary, and which characters they have (`fonts/README.md`).

use std::collections::HashMap;
use std::io::Read as _;
use std::sync::{Arc, LazyLock};

use flate2::read::GzDecoder;
use krilla::text::Font;
use parley::fontique::{Blob, Charmap, Collection, CollectionOptions, SourceCache};
use parley::{FontContext, GenericFamily};

/// The faces, folded, in the order in which they are asked for a character. The bold one shares its family's name.
const FACES: [&[u8]; 16] = [
    include_bytes!("../fonts/NotoSans-Regular.ttf.gz"),
    include_bytes!("../fonts/NotoSans-Bold.ttf.gz"),
    include_bytes!("../fonts/NotoSansArabic-Regular.ttf.gz"),
    include_bytes!("../fonts/NotoSansHebrew-Regular.ttf.gz"),
    include_bytes!("../fonts/NotoSansArmenian-Regular.ttf.gz"),
    include_bytes!("../fonts/NotoSansGeorgian-Regular.ttf.gz"),
    include_bytes!("../fonts/NotoSansEthiopic-Regular.ttf.gz"),
    include_bytes!("../fonts/NotoSansDevanagari-Regular.ttf.gz"),
    include_bytes!("../fonts/NotoSansBengali-Regular.ttf.gz"),
    include_bytes!("../fonts/NotoSansTamil-Regular.ttf.gz"),
    include_bytes!("../fonts/NotoSansThai-Regular.ttf.gz"),
    include_bytes!("../fonts/NotoSansMath-Regular.ttf.gz"),
    include_bytes!("../fonts/NotoSansSymbols-Regular.ttf.gz"),
    include_bytes!("../fonts/NotoSansSymbols2-Regular.ttf.gz"),
    include_bytes!("../fonts/NotoEmoji-Regular.ttf.gz"),
    include_bytes!("../fonts/DroidSansFallback.ttf.gz"),
];
/// The place of the face for emoji among them.
const EMOJI: usize = 14;

/// The fonts, unfolded and read when the first document is begun, and shared by all from then on.
static SHELF: LazyLock<Shelf> = LazyLock::new(Shelf::read);

struct Shelf {
    collection: Collection,
    /// Each family once, in the order of the faces.
    families: Vec<String>,
    /// Which characters the first face of each family has.
    characters: Vec<Charmap<'static>>,
    /// The same faces as the PDF takes them, by the id of their bytes.
    printed: HashMap<u64, Font>,
}

/// A face as it was before it was folded, to stay until the process ends. One that does not unfold has no characters;
/// a test counts them.
fn unfolded(folded: &[u8]) -> &'static [u8] {
    // Its length stands at the end, so that no byte more than it needs is kept.
    let length = folded.last_chunk().map_or(0, |length| u32::from_le_bytes(*length));
    let mut face = Vec::with_capacity(usize::try_from(length).unwrap_or_default());
    match GzDecoder::new(folded).read_to_end(&mut face) {
        Ok(_) => face.leak(),
        Err(_) => &[],
    }
}

impl Shelf {
    fn read() -> Self {
        let options = CollectionOptions { shared: false, system_fonts: false };
        let mut collection = Collection::new(options);
        let (mut families, mut characters) = (Vec::<String>::new(), Vec::new());
        let mut printed = HashMap::new();
        for (place, folded) in FACES.into_iter().enumerate() {
            let bytes = unfolded(folded);
            let blob = Blob::<u8>::new(Arc::new(bytes));
            let found = collection.register_fonts(blob.clone(), None);
            for (family, faces) in &found {
                let name = collection.family_name(*family).unwrap_or_default().to_owned();
                if !families.contains(&name) {
                    families.push(name);
                    let first = faces.first();
                    characters.extend(first.and_then(|face| face.charmap_index().charmap(bytes)));
                }
            }
            if place == EMOJI {
                let families = found.into_iter().map(|(family, _)| family);
                collection.set_generic_families(GenericFamily::Emoji, families);
            }
            if let Some(font) = Font::new(bytes.into(), 0) {
                printed.insert(blob.id(), font);
            }
        }
        Self { collection, families, characters, printed }
    }
}

/// What a document lays its text out with.
pub(crate) fn context() -> FontContext {
    FontContext { collection: SHELF.collection.clone(), source_cache: SourceCache::default() }
}

/// The families in the order in which they are asked.
pub(crate) fn families() -> &'static [String] {
    &SHELF.families
}

/// The face of these bytes, as the PDF takes it.
pub(crate) fn printed(id: u64) -> Option<Font> {
    SHELF.printed.get(&id).cloned()
}

/// Whether one of the fonts has this character.
pub(crate) fn have(c: char) -> bool {
    SHELF.characters.iter().any(|characters| characters.map(c).is_some_and(|glyph| glyph != 0))
}

#[cfg(test)]
pub(crate) fn count() -> (usize, usize, usize) {
    (SHELF.printed.len(), SHELF.families.len(), SHELF.characters.len())
}
