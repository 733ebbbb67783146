//! The fonts that are in the binary, and which characters they have (`fonts/README.md`).

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use krilla::text::Font;
use parley::fontique::{Blob, Collection, CollectionOptions, SourceCache};
use parley::{FontContext, GenericFamily};

/// The faces, in the order in which they are asked for a character. The bold one shares its family's name.
const FACES: [&[u8]; 16] = [
    include_bytes!("../fonts/NotoSans-Regular.ttf"),
    include_bytes!("../fonts/NotoSans-Bold.ttf"),
    include_bytes!("../fonts/NotoSansArabic-Regular.ttf"),
    include_bytes!("../fonts/NotoSansHebrew-Regular.ttf"),
    include_bytes!("../fonts/NotoSansArmenian-Regular.ttf"),
    include_bytes!("../fonts/NotoSansGeorgian-Regular.ttf"),
    include_bytes!("../fonts/NotoSansEthiopic-Regular.ttf"),
    include_bytes!("../fonts/NotoSansDevanagari-Regular.ttf"),
    include_bytes!("../fonts/NotoSansBengali-Regular.ttf"),
    include_bytes!("../fonts/NotoSansTamil-Regular.ttf"),
    include_bytes!("../fonts/NotoSansThai-Regular.ttf"),
    include_bytes!("../fonts/NotoSansMath-Regular.ttf"),
    include_bytes!("../fonts/NotoSansSymbols-Regular.ttf"),
    include_bytes!("../fonts/NotoSansSymbols2-Regular.ttf"),
    include_bytes!("../fonts/NotoEmoji-Regular.ttf"),
    include_bytes!("../fonts/DroidSansFallback.ttf"),
];
/// The place of the face for emoji among them.
const EMOJI: usize = 14;

/// The fonts, read once.
static SHELF: LazyLock<Shelf> = LazyLock::new(Shelf::read);

struct Shelf {
    collection: Collection,
    /// Each family once, in the order of the faces.
    families: Vec<String>,
    /// The same faces as the PDF takes them, by the id of their bytes.
    printed: HashMap<u64, Font>,
}

impl Shelf {
    fn read() -> Self {
        let options = CollectionOptions { shared: false, system_fonts: false };
        let mut collection = Collection::new(options);
        let (mut families, mut printed) = (Vec::<String>::new(), HashMap::new());
        for (place, bytes) in FACES.into_iter().enumerate() {
            let blob = Blob::<u8>::new(Arc::new(bytes));
            let ids: Vec<_> =
                collection.register_fonts(blob.clone(), None).into_iter().map(|(family, _)| family).collect();
            for id in &ids {
                let name = collection.family_name(*id).unwrap_or_default().to_owned();
                if !families.contains(&name) {
                    families.push(name);
                }
            }
            if place == EMOJI {
                collection.set_generic_families(GenericFamily::Emoji, ids.into_iter());
            }
            if let Some(font) = Font::new(bytes.into(), 0) {
                printed.insert(blob.id(), font);
            }
        }
        Self { collection, families, printed }
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
    let mut collection = SHELF.collection.clone();
    SHELF.families.iter().any(|name| {
        let Some(family) = collection.family_by_name(name) else { return false };
        family.fonts().iter().take(1).any(|font| {
            let blob = font.load(None);
            let found = blob.as_ref().and_then(|blob| font.charmap_index().charmap(blob.as_ref())?.map(c));
            found.is_some_and(|glyph| glyph != 0)
        })
    })
}

#[cfg(test)]
pub(crate) fn count() -> (usize, usize) {
    (SHELF.printed.len(), SHELF.families.len())
}
