//! Pictures by what their bytes are: which JPEG or PNG may be decoded, and how a picture becomes a JPEG. What sizes are made
//! of it is the caller's to say. Decoding takes tens of milliseconds and more: never inside a transaction.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, ImageFormat, ImageReader, Limits};

/// The most memory a picture may take while it is decoded, in bytes.
const MOST_MEMORY: u64 = 256 * 1024 * 1024;

/// The most bytes a picture may fill when it is decoded: forty million pixels with transparency, in eight bits. Whoever asks
/// a decoder of [`open`] compares its `total_bytes` with this.
pub const MOST_DECODED: u64 = 160_000_000;

/// What reads a picture, and the type of its bytes.
pub type Opened<'b> = (ImageReader<Cursor<&'b [u8]>>, &'static str);

/// A reader of a JPEG or PNG of at most `most` bytes whose sides are at most `longest` pixels, with its type.
///
/// # Errors
/// The code of the field's problem: `picture-too-large`, `picture-unreadable`.
pub fn open(bytes: &[u8], most: usize, longest: u32) -> Result<Opened<'_>, &'static str> {
    if bytes.len() > most {
        return Err("picture-too-large");
    }
    let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(|_| "picture-unreadable")?;
    let mime = match reader.format() {
        Some(ImageFormat::Jpeg) => "image/jpeg",
        Some(ImageFormat::Png) => "image/png",
        _ => return Err("picture-unreadable"),
    };
    let mut limits = Limits::default();
    limits.max_image_width = Some(longest);
    limits.max_image_height = Some(longest);
    limits.max_alloc = Some(MOST_MEMORY);
    reader.limits(limits);
    Ok((reader, mime))
}

/// Transparent pictures stand on white: JPEG has no transparency. In place: a large picture is not held twice.
///
/// # Errors
/// `picture-unreadable` when its bytes are fewer than its size says.
pub fn flatten(picture: DynamicImage) -> Result<DynamicImage, &'static str> {
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

/// A picture as a JPEG of that quality, of a hundred, without anything but pixels.
///
/// # Errors
/// `picture-unreadable` when it cannot be encoded.
pub fn jpeg(picture: &DynamicImage, quality: u8) -> Result<Vec<u8>, &'static str> {
    let mut out = Vec::new();
    let done = picture.to_rgb8().write_with_encoder(JpegEncoder::new_with_quality(&mut out, quality));
    done.map_err(|_| "picture-unreadable")?;
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn transparent_pictures_stand_on_white() {
        let glass = DynamicImage::ImageRgba8(image::RgbaImage::from_pixel(2, 2, image::Rgba([200, 0, 0, 0])));
        assert_eq!(flatten(glass).expect("flat").to_rgb8().get_pixel(0, 0).0, [255, 255, 255]);
        let half = DynamicImage::ImageRgba8(image::RgbaImage::from_pixel(2, 2, image::Rgba([0, 0, 0, 128])));
        assert_eq!(flatten(half).expect("flat").to_rgb8().get_pixel(1, 1).0, [127, 127, 127]);
    }

    #[test]
    fn only_what_is_small_enough_and_a_picture_is_opened() {
        let file = jpeg(&DynamicImage::new_rgb8(4, 2), 80).expect("encoded");
        let (reader, mime) = open(&file, file.len(), 4).expect("a picture");
        assert_eq!((mime, reader.decode().map(|p| (p.width(), p.height())).ok()), ("image/jpeg", Some((4, 2))));
        assert_eq!(open(&file, file.len() - 1, 4).err(), Some("picture-too-large"));
        assert_eq!(open(b"GIF89a", 100, 4).err(), Some("picture-unreadable"));
        assert!(open(&file, file.len(), 3).expect("opened").0.decode().is_err(), "wider than allowed");
    }
}
