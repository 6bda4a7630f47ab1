//! Covers: reading a JPEG or PNG within limits and making its renditions. Originals are re-encoded never, renditions
//! carry no metadata, so a photo's place and device stay out of pages.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};

/// The side of the square rendition for lists, in pixels.
pub const SMALL: u32 = 480;
/// The link preview, in pixels (Open Graph's usual size).
pub const CARD: (u32, u32) = (1200, 630);
/// The largest file that is read, in bytes.
pub const MOST_BYTES: usize = 20 * 1024 * 1024;

/// The most bytes a picture may fill when it is decoded.
pub const MOST_DECODED: u64 = 160_000_000;

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
    if bytes.len() > MOST_BYTES {
        return Err("picture-too-large");
    }
    let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(|_| "picture-unreadable")?;
    let mime = match reader.format() {
        Some(ImageFormat::Jpeg) => "image/jpeg",
        Some(ImageFormat::Png) => "image/png",
        _ => return Err("picture-unreadable"),
    };
    let mut limits = Limits::default();
    limits.max_image_width = Some(8000);
    limits.max_image_height = Some(8000);
    limits.max_alloc = Some(256 * 1024 * 1024);
    reader.limits(limits);
    let decoder = reader.into_decoder().map_err(|_| "picture-unreadable")?;
    if decoder.total_bytes() > MOST_DECODED {
        return Err("picture-too-large");
    }
    let picture = DynamicImage::from_decoder(decoder).map_err(|_| "picture-unreadable")?;
    let (width, height) = (picture.width(), picture.height());
    // Transparent pictures stand on white: JPEG has no transparency.
    let flat = flatten(picture)?;
    let small = flat.resize_to_fill(SMALL, SMALL, FilterType::CatmullRom);
    let card = flat.resize_to_fill(CARD.0, CARD.1, FilterType::CatmullRom);
    Ok(Renditions { mime, width, height, small: jpeg(&small, 78)?, card: jpeg(&card, 80)? })
}

/// In place: a large picture is not held twice.
fn flatten(picture: DynamicImage) -> Result<DynamicImage, &'static str> {
    if !picture.color().has_alpha() {
        return Ok(DynamicImage::ImageRgb8(picture.into_rgb8()));
    }
    let (width, height) = (picture.width(), picture.height());
    let mut bytes = picture.into_rgba8().into_raw();
    let pixels = bytes.len() / 4;
    for at in 0..pixels {
        let (from, to) = (at * 4, at * 3);
        let alpha = u32::from(bytes[from + 3]);
        for channel in 0..3 {
            let mixed = (u32::from(bytes[from + channel]) * alpha + 255 * (255 - alpha) + 127) / 255;
            bytes[to + channel] = u8::try_from(mixed).unwrap_or(255);
        }
    }
    bytes.truncate(pixels * 3);
    let flat = image::RgbImage::from_raw(width, height, bytes).ok_or("picture-unreadable")?;
    Ok(DynamicImage::ImageRgb8(flat))
}

fn jpeg(picture: &DynamicImage, quality: u8) -> Result<Vec<u8>, &'static str> {
    let mut out = Vec::new();
    picture.write_with_encoder(JpegEncoder::new_with_quality(&mut out, quality)).map_err(|_| "picture-unreadable")?;
    Ok(out)
}

#[cfg(test)]
mod tests {
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
