//! From a file of any size to a small square.

use image::imageops::{crop_imm, thumbnail};
use image::{DynamicImage, RgbaImage};
use kernel::limits::PICTURE_BYTES_MAX;
use kernel::{Error, Result};

use crate::opened::{jpeg, on_white, read};

/// The side of a square, in pixels.
const SIDE: u32 = 256;
/// Of a hundred; a face of this size has some 15 kB.
const QUALITY: u8 = 85;

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
    let (image, orientation) = read(bytes)?;
    let mut small = DynamicImage::from(middle(&image));
    small.apply_orientation(orientation);
    jpeg(&on_white(&small.into_rgba8()), QUALITY)
}

/// The middle, made small as it is read: cut out first, it would stand in memory twice.
fn middle(image: &DynamicImage) -> RgbaImage {
    let (width, height) = (image.width(), image.height());
    let side = width.min(height);
    thumbnail(&*crop_imm(image, (width - side) / 2, (height - side) / 2, side, side), SIDE, SIDE)
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use image::{ImageFormat, Rgb, RgbImage, Rgba};

    use super::*;
    use crate::small;

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

    fn chunk(name: &[u8; 4], content: &[u8]) -> Vec<u8> {
        let length = u32::try_from(content.len()).expect("a short chunk").to_le_bytes();
        [name.as_slice(), &length, content, &vec![0; content.len() % 2]].concat()
    }

    /// A WebP that says it has 100 by 100 pixels, with a frame of this side, still or moving.
    fn webp(side: u16, is_moving: bool) -> Vec<u8> {
        let frame = [&[0x10, 0, 0, 0x9d, 0x01, 0x2a], &side.to_le_bytes()[..], &side.to_le_bytes(), &[0; 64]];
        let frame = chunk(b"VP8 ", &frame.concat());
        let canvas = [if is_moving { 2 } else { 0 }, 0, 0, 0, 99, 0, 0, 99, 0, 0];
        let pictures = if is_moving {
            let moved = [&[0; 6][..], &[99, 0, 0, 99, 0, 0], &[0; 4], &frame].concat();
            [chunk(b"ANIM", &[0; 6]), chunk(b"ANMF", &moved)].concat()
        } else {
            frame
        };
        chunk(b"RIFF", &[b"WEBP".as_slice(), &chunk(b"VP8X", &canvas), &pictures].concat())
    }

    #[test]
    fn a_webp_that_hides_a_larger_frame_is_refused_before_it_is_read() {
        for is_moving in [false, true] {
            let large = webp(16_383, is_moving);
            assert!(matches!(square(&large), Err(Error::Unsupported { .. })), "moving: {is_moving}");
            assert!(small(&large, 900).is_none());
            assert!(crate::opened::opened(&large).is_err(), "before a pixel is asked for");
            assert!(crate::opened::opened(&webp(100, is_moving)).is_ok(), "moving: {is_moving}");
        }
    }

    #[test]
    fn a_picture_to_print_keeps_its_shape_and_stands_upright() {
        let photo = RgbaImage::from_fn(2_000, 1_000, |x, y| Rgba([(x % 256) as u8, (y % 256) as u8, 9, 128]));
        let png = encoded(&photo.into(), ImageFormat::Png);
        let (full, less) = (small(&png, 900).expect("a picture"), small(&png, 420).expect("a picture"));
        assert_eq!((full.width, full.height, less.width), (900, 450, 420));
        assert!(less.jpeg.len() < full.jpeg.len() && full.jpeg.len() < 200_000);
        let tiny = small(&encoded(&wide(), ImageFormat::Png), 1_000).expect("a picture");
        assert_eq!((tiny.width, tiny.height), (900, 300), "it is not blown up");
        let upright = small(&turned(&encoded(&wide(), ImageFormat::Jpeg)), 450).expect("a picture");
        assert_eq!((upright.width, upright.height), (150, 450));
        assert!(is_about(*reopened(&upright.jpeg).get_pixel(75, 40), RED));
        assert!(small(b"%PDF-1.7", 900).is_none() && small(&png[..png.len() / 2], 900).is_none());
        assert!(small(&bomb(60_000, 60_000), 900).is_none());
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
