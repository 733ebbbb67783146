//! Pictures as they are printed: the right way up, small, on white.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder as _, ImageReader, Limits, Rgb, RgbImage};

/// Bytes of a picture that is opened, which stand in memory at once: 25 million dots of three colours.
const OPENED_BYTES_MAX: u64 = 75_000_000;
/// Dots on a side, whatever the other is.
const SIDE_MAX: u32 = 20_000;
/// How well a picture is kept, of 100.
const QUALITY: u8 = 72;

/// How large a picture is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PictureSize {
    /// So that it can be studied.
    Full,
    /// So that it is known again.
    Small,
}

/// A picture that is ready to be printed.
#[derive(Clone, Debug)]
pub struct Picture {
    pub(crate) jpeg: Vec<u8>,
    pub(crate) width: u32,
    pub(crate) height: u32,
}

impl Picture {
    /// Reads a JPEG, PNG, WebP or GIF (of which the first picture is shown); `None` when it is none that can be
    /// opened, or is too large to be. It takes much memory: whoever reads several does so one after the other.
    #[must_use]
    pub fn read(bytes: &[u8], size: PictureSize) -> Option<Self> {
        let side = match size {
            PictureSize::Full => 900,
            PictureSize::Small => 420,
        };
        let image = opened(bytes)?;
        let is_larger = image.width() > side || image.height() > side;
        let image = if is_larger { image.thumbnail(side, side) } else { image };
        let flat = on_white(&image);
        let mut jpeg = Vec::new();
        JpegEncoder::new_with_quality(&mut jpeg, QUALITY).encode_image(&flat).ok()?;
        Some(Self { jpeg, width: flat.width(), height: flat.height() })
    }

    /// Bytes that it takes in the document.
    #[must_use]
    pub const fn bytes(&self) -> usize {
        self.jpeg.len()
    }
}

fn opened(bytes: &[u8]) -> Option<DynamicImage> {
    let mut limits = Limits::default();
    (limits.max_image_width, limits.max_image_height) = (Some(SIDE_MAX), Some(SIDE_MAX));
    limits.max_alloc = Some(OPENED_BYTES_MAX);
    let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().ok()?;
    reader.limits(limits);
    let mut decoder = reader.into_decoder().ok()?;
    if decoder.total_bytes() > OPENED_BYTES_MAX {
        return None;
    }
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let image = DynamicImage::from_decoder(decoder).ok()?;
    Some(turned(image, orientation))
}

/// Turned as the camera was held. Turning copies, so that it is done on what is small already.
fn turned(image: DynamicImage, orientation: Orientation) -> DynamicImage {
    if orientation == Orientation::NoTransforms {
        return image;
    }
    let mut image = image.thumbnail(1_000.min(image.width()), 1_000.min(image.height()));
    image.apply_orientation(orientation);
    image
}

fn on_white(image: &DynamicImage) -> RgbImage {
    if !image.color().has_alpha() {
        return image.to_rgb8();
    }
    let mut flat = RgbImage::new(image.width(), image.height());
    for (from, to) in image.to_rgba8().pixels().zip(flat.pixels_mut()) {
        let [red, green, blue, alpha] = from.0;
        let over = |part: u8| {
            let mixed = u16::from(part) * u16::from(alpha) + 255 * (255 - u16::from(alpha));
            u8::try_from(mixed / 255).unwrap_or(u8::MAX)
        };
        *to = Rgb([over(red), over(green), over(blue)]);
    }
    flat
}
