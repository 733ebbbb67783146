//! From a file of any size to a small square.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits, RgbImage};
use kernel::limits::{PICTURE_BYTES_MAX, PICTURE_PIXELS_MAX};
use kernel::{Error, Result};

/// The side of a square, in pixels.
const SIDE: u32 = 256;
/// Of a hundred; a face of this size has some 15 kB.
const QUALITY: u8 = 85;
/// Bytes of the picture once it is read: four for each pixel.
const OPENED_BYTES_MAX: u64 = 4 * PICTURE_PIXELS_MAX;

/// The middle of a JPEG, PNG, WebP or GIF (its first frame), as a small square.
///
/// # Errors
/// [`Error::Unsupported`] for what is no such picture, whatever its name says, or a broken one; [`Error::Invalid`] for
/// no bytes; [`Error::TooLarge`] for too many, and for too many pixels.
pub fn square(bytes: &[u8]) -> Result<Vec<u8>> {
    if bytes.is_empty() {
        return Err(Error::invalid("avatar", "file_is_empty", "A picture has at least one byte."));
    }
    if bytes.len() > PICTURE_BYTES_MAX {
        return Err(Error::too_large("picture_bytes", PICTURE_BYTES_MAX as u64));
    }
    let mut decoder = opened(bytes)?;
    // A picture that was taken with the camera held upright says so, and lies on its side.
    let orientation = decoder.orientation().map_err(translate)?;
    let image = DynamicImage::from_decoder(decoder).map_err(translate)?;
    let mut small = middle(image);
    small.apply_orientation(orientation);
    let mut jpeg = Vec::new();
    let encoder = JpegEncoder::new_with_quality(&mut jpeg, QUALITY);
    on_white(&small).write_with_encoder(encoder).map_err(Error::bug)?;
    Ok(jpeg)
}

/// Reads what stands before the pixels, and refuses too many of them.
fn opened(bytes: &[u8]) -> Result<impl ImageDecoder> {
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
    if pixels == 0 { Err(unreadable()) } else { Ok(decoder) }
}

fn middle(image: DynamicImage) -> DynamicImage {
    let (width, height) = (image.width(), image.height());
    let side = width.min(height);
    let cut = image.crop_imm((width - side) / 2, (height - side) / 2, side, side);
    drop(image);
    cut.thumbnail_exact(SIDE, SIDE)
}

/// What can be seen through shows white paper.
fn on_white(image: &DynamicImage) -> RgbImage {
    let seen = image.to_rgba8();
    RgbImage::from_fn(SIDE, SIDE, |x, y| {
        let [red, green, blue, alpha] = seen.get_pixel(x, y).0;
        let over_white = |colour: u8| {
            let mixed = u16::from(colour) * u16::from(alpha) + 255 * (255 - u16::from(alpha));
            u8::try_from(mixed / 255).unwrap_or(u8::MAX)
        };
        image::Rgb([red, green, blue].map(over_white))
    })
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

#[cfg(test)]
mod tests {
    use image::{Rgb, Rgba, RgbaImage};

    use super::*;

    const RED: Rgb<u8> = Rgb([200, 20, 20]);
    const BLUE: Rgb<u8> = Rgb([20, 20, 200]);

    /// Red at its left, blue in its middle and at its right.
    fn wide() -> DynamicImage {
        RgbImage::from_fn(900, 300, |x, _| if x < 300 { RED } else { BLUE }).into()
    }

    fn encoded(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        image.write_to(&mut bytes, format).expect("a picture");
        bytes.into_inner()
    }

    fn reopened(jpeg: &[u8]) -> RgbImage {
        assert_eq!(image::guess_format(jpeg).expect("a picture"), ImageFormat::Jpeg);
        image::load_from_memory(jpeg).expect("a picture").to_rgb8()
    }

    fn is_about(pixel: Rgb<u8>, other: Rgb<u8>) -> bool {
        pixel.0.iter().zip(other.0).all(|(one, other)| one.abs_diff(other) < 30)
    }

    #[test]
    fn the_middle_of_each_kind_of_picture_becomes_a_small_square() {
        for format in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP, ImageFormat::Gif] {
            let jpeg = square(&encoded(&wide(), format)).expect("a square");
            let small = reopened(&jpeg);
            assert_eq!(small.dimensions(), (SIDE, SIDE), "{format:?}");
            for x in [0, 128, 255] {
                assert!(is_about(*small.get_pixel(x, 128), BLUE), "{format:?} at {x}");
            }
        }
    }

    #[test]
    fn a_tiny_picture_grows_and_what_is_seen_through_is_white() {
        let clear = RgbaImage::from_pixel(1, 1, Rgba([0, 0, 0, 0]));
        let small = reopened(&square(&encoded(&clear.into(), ImageFormat::Png)).expect("a square"));
        assert_eq!(small.dimensions(), (SIDE, SIDE));
        assert!(is_about(*small.get_pixel(10, 10), Rgb([255, 255, 255])));
    }

    /// A JPEG with an Exif segment behind its first two bytes: turned by a quarter, and a place in its comment.
    fn turned(jpeg: &[u8]) -> Vec<u8> {
        let tiff: &[u8] = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
        let exif = [b"Exif\0\0", tiff, b"52.0907 N 5.1214 E"].concat();
        let length = u16::try_from(exif.len() + 2).expect("a short segment").to_be_bytes();
        [&jpeg[..2], b"\xff\xe1", &length, &exif, &jpeg[2..]].concat()
    }

    #[test]
    fn a_turned_photo_stands_upright_and_tells_no_place() {
        let half = RgbImage::from_fn(400, 400, |x, _| if x < 200 { RED } else { BLUE });
        let photo = turned(&encoded(&half.into(), ImageFormat::Jpeg));
        let jpeg = square(&photo).expect("a square");
        let small = reopened(&jpeg);
        assert!(is_about(*small.get_pixel(128, 20), RED) && is_about(*small.get_pixel(128, 235), BLUE));
        let tells = |text: &[u8]| jpeg.windows(text.len()).any(|window| window == text);
        assert!(!tells(b"52.0907") && !tells(b"Exif"));
    }

    /// A PNG of so many pixels that has none of them.
    fn bomb(width: u32, height: u32) -> Vec<u8> {
        let one = RgbImage::from_pixel(1, 1, RED);
        let mut png = encoded(&one.into(), ImageFormat::Png);
        png[16..20].copy_from_slice(&width.to_be_bytes());
        png[20..24].copy_from_slice(&height.to_be_bytes());
        let sum = crc32(&png[12..29]).to_be_bytes();
        png[29..33].copy_from_slice(&sum);
        png
    }

    fn crc32(bytes: &[u8]) -> u32 {
        !bytes.iter().fold(!0_u32, |sum, byte| {
            (0..8).fold(sum ^ u32::from(*byte), |sum, _| {
                (sum >> 1) ^ (0xedb8_8320 & 0_u32.wrapping_sub(sum & 1))
            })
        })
    }

    #[test]
    fn a_picture_of_too_many_pixels_is_refused_before_they_are_read() {
        for (width, height) in [(60_000, 60_000), (5_001, 5_000), (1, 25_000_001)] {
            let refused = square(&bomb(width, height));
            assert!(matches!(refused, Err(Error::TooLarge { .. })), "{width} x {height}: {refused:?}");
        }
        let within = square(&bomb(5_000, 5_000));
        assert!(matches!(within, Err(Error::Unsupported { .. })), "only its pixels are missing: {within:?}");
    }

    #[test]
    fn what_is_no_picture_or_half_of_one_is_refused() {
        let whole = encoded(&wide(), ImageFormat::Png);
        let nothing = encoded(&wide(), ImageFormat::Png)[..40].to_vec();
        for bytes in [
            b"GIF89a".to_vec(),
            b"not a picture".to_vec(),
            b"%PDF-1.7".to_vec(),
            nothing,
            whole[..8].to_vec(),
        ] {
            assert!(matches!(square(&bytes), Err(Error::Unsupported { .. })), "{:?}", &bytes[..6]);
        }
        assert!(matches!(square(&[]), Err(Error::Invalid { .. })));
        assert!(matches!(square(&vec![0; PICTURE_BYTES_MAX + 1]), Err(Error::TooLarge { .. })));
    }
}
