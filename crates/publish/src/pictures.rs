//! Covers: reading a JPEG or PNG within limits and making its renditions. Originals are re-encoded never, renditions
//! carry no metadata, so a photo's place and device stay out of pages.

use blobs::picture;
use image::imageops::FilterType;
use image::{DynamicImage, ImageDecoder};

/// The side of the square rendition for lists, in pixels.
pub const SMALL: u32 = 480;
/// The link preview, in pixels (Open Graph's usual size).
pub const CARD: (u32, u32) = (1200, 630);
/// The largest file that is read, in bytes.
pub const MOST_BYTES: usize = 20 * 1024 * 1024;
/// The longest side that is decoded, in pixels.
const LONGEST: u32 = 8000;

/// A picture read and its renditions made.
#[derive(Clone, Debug)]
pub struct Renditions {
    /// `image/jpeg` or `image/png`.
    pub mime: &'static str,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// A JPEG of 480×480.
    pub small: Vec<u8>,
    /// A JPEG of 1200×630.
    pub card: Vec<u8>,
}

/// Reads a picture and makes its renditions. Takes tens of milliseconds: never inside a transaction.
///
/// # Errors
/// The code of the field's problem: `picture-unreadable`, `picture-too-large`.
pub fn renditions(bytes: &[u8]) -> Result<Renditions, &'static str> {
    let (reader, mime) = picture::open(bytes, MOST_BYTES, LONGEST)?;
    let decoder = reader.into_decoder().map_err(|_| "picture-unreadable")?;
    let (width, height) = decoder.dimensions();
    // The library's own bounds are not asked on this way.
    if width > LONGEST || height > LONGEST || decoder.total_bytes() > picture::MOST_DECODED {
        return Err("picture-too-large");
    }
    let flat = picture::flatten(DynamicImage::from_decoder(decoder).map_err(|_| "picture-unreadable")?)?;
    let small = flat.resize_to_fill(SMALL, SMALL, FilterType::CatmullRom);
    let card = flat.resize_to_fill(CARD.0, CARD.1, FilterType::CatmullRom);
    Ok(Renditions { mime, width, height, small: picture::jpeg(&small, 78)?, card: picture::jpeg(&card, 80)? })
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use image::{DynamicImage, ImageFormat};

    use super::*;

    #[test]
    fn a_picture_gets_its_renditions() {
        let picture =
            DynamicImage::ImageRgba8(image::RgbaImage::from_pixel(1400, 1400, image::Rgba([10, 90, 74, 128])));
        let mut png = Vec::new();
        picture.write_to(&mut Cursor::new(&mut png), ImageFormat::Png).expect("encoded");
        let made = renditions(&png).expect("readable");
        assert_eq!((made.mime, made.width, made.height), ("image/png", 1400, 1400));
        let small = image::load_from_memory(&made.small).expect("a JPEG");
        assert_eq!((small.width(), small.height()), (480, 480));
        let card = image::load_from_memory(&made.card).expect("a JPEG");
        assert_eq!((card.width(), card.height()), (1200, 630));
    }

    #[test]
    fn what_is_no_picture_is_refused() {
        assert_eq!(renditions(b"<svg xmlns='http://www.w3.org/2000/svg'/>").err(), Some("picture-unreadable"));
        assert_eq!(renditions(b"\x89PNG\r\n\x1a\n").err(), Some("picture-unreadable"));
        assert_eq!(renditions(&vec![0; MOST_BYTES + 1]).err(), Some("picture-too-large"));
        // A header that promises 25 million pixels of eight bytes, and that is all there is.
        let mut png = Vec::new();
        let tiny = DynamicImage::ImageRgba16(image::ImageBuffer::new(2, 2));
        tiny.write_to(&mut Cursor::new(&mut png), ImageFormat::Png).expect("encoded");
        png[16..20].copy_from_slice(&5_000_u32.to_be_bytes());
        png[20..24].copy_from_slice(&5_000_u32.to_be_bytes());
        let sum = png[12..29].iter().fold(u32::MAX, |sum, byte| {
            (0..8).fold(sum ^ u32::from(*byte), |s, _| if s & 1 == 1 { 0xedb8_8320 ^ (s >> 1) } else { s >> 1 })
        });
        png[29..33].copy_from_slice(&(!sum).to_be_bytes());
        assert_eq!(renditions(&png).err(), Some("picture-too-large"), "before it is decoded");
    }
}
