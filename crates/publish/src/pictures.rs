//! Covers: reading a JPEG or PNG within limits and making its renditions. Originals are re-encoded never, renditions
//! carry no metadata, so a photo's place and device stay out of pages.

use blobs::picture;
use image::imageops::FilterType;

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
    let picture = reader.decode().map_err(|_| "picture-unreadable")?;
    let (width, height) = (picture.width(), picture.height());
    let flat = picture::flatten(&picture);
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
    }
}
