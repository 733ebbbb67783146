//! Reading pictures, when they are not too large for that.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::metadata::Orientation;
use image::{
    DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits, Rgb, RgbImage, RgbaImage,
};
use kernel::limits::PICTURE_PIXELS_MAX;
use kernel::{Error, Result};

/// Bytes of the picture once it is read: four for each pixel.
const OPENED_BYTES_MAX: u64 = 4 * PICTURE_PIXELS_MAX;

/// Reads a JPEG, PNG, WebP or GIF (its first frame), and how it is to be turned: one that was taken with the camera held
/// upright lies on its side, and says so.
pub(crate) fn read(bytes: &[u8]) -> Result<(DynamicImage, Orientation)> {
    let mut decoder = opened(bytes)?;
    let orientation = decoder.orientation().map_err(translate)?;
    Ok((DynamicImage::from_decoder(decoder).map_err(translate)?, orientation))
}

/// Reads what stands before the pixels, and refuses too many of them.
pub(crate) fn opened(bytes: &[u8]) -> Result<impl ImageDecoder> {
    let format = image::guess_format(bytes).map_err(|_| not_taken())?;
    if !matches!(format, ImageFormat::Jpeg | ImageFormat::Png | ImageFormat::WebP | ImageFormat::Gif) {
        return Err(not_taken());
    }
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut limits = Limits::default();
    limits.max_alloc = Some(OPENED_BYTES_MAX);
    reader.limits(limits);
    let decoder = reader.into_decoder().map_err(translate)?;
    let (width, height) = decoder.dimensions();
    let pixels = u64::from(width) * u64::from(height);
    if pixels > PICTURE_PIXELS_MAX || decoder.total_bytes() > OPENED_BYTES_MAX {
        return Err(too_many_pixels());
    }
    if pixels == 0 || format == ImageFormat::WebP && has_a_larger_frame(bytes, (width, height)) {
        return Err(unreadable());
    }
    Ok(decoder)
}

/// Whether a WebP has a frame that is larger than the picture says it is. Its decoder reads such a frame to the end before
/// it compares the two. Frames are found wherever their beginning stands (RFC 6386, 9.1), so that no chunk can hide one.
fn has_a_larger_frame(bytes: &[u8], (width, height): (u32, u32)) -> bool {
    bytes.windows(18).any(|window| {
        let side = |at: usize| u32::from(u16::from_le_bytes([window[at], window[at + 1]]) & 0x3fff);
        let is_frame = window.starts_with(b"VP8 ") && window[11..14] == [0x9d, 0x01, 0x2a];
        is_frame && (side(14) > width || side(16) > height)
    })
}

/// What can be seen through shows white paper.
pub(crate) fn on_white(seen: &RgbaImage) -> RgbImage {
    RgbImage::from_fn(seen.width(), seen.height(), |x, y| {
        let [red, green, blue, alpha] = seen.get_pixel(x, y).0;
        let over_white = |colour: u8| {
            let mixed = u16::from(colour) * u16::from(alpha) + 255 * (255 - u16::from(alpha));
            u8::try_from(mixed / 255).unwrap_or(u8::MAX)
        };
        Rgb([red, green, blue].map(over_white))
    })
}

/// The picture as a JPEG; its quality is of a hundred.
pub(crate) fn jpeg(picture: &RgbImage, quality: u8) -> Result<Vec<u8>> {
    let mut jpeg = Vec::new();
    picture.write_with_encoder(JpegEncoder::new_with_quality(&mut jpeg, quality)).map_err(Error::bug)?;
    Ok(jpeg)
}

fn translate(error: ImageError) -> Error {
    match error {
        ImageError::Limits(_) => too_many_pixels(),
        _ => unreadable(),
    }
}

fn too_many_pixels() -> Error {
    Error::too_large("picture_pixels", PICTURE_PIXELS_MAX)
}

fn not_taken() -> Error {
    Error::unsupported("file_type_not_allowed", "A picture is a JPEG, PNG, WebP or GIF.")
}

pub(crate) fn unreadable() -> Error {
    Error::unsupported("picture_unreadable", "This picture cannot be read: it is broken or not whole.")
}
