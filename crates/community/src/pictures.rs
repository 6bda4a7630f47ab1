//! Pictures people send: a JPEG or PNG is measured before it is decoded, turned as its camera says, and made anew from its
//! pixels in two sizes. Nothing of the file itself goes on: no place, no device, no name. Takes tens of milliseconds and
//! more: never inside a transaction.

use blobs::picture;
use image::imageops::FilterType;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder};

/// The largest file that is read, in bytes.
pub const MOST_BYTES: usize = 15 * 1024 * 1024;
/// The longest side that is decoded, in pixels.
pub const LONGEST: u32 = 12_000;
/// The most pixels that are decoded.
pub const MOST_PIXELS: u64 = 40_000_000;
/// The longest side of the large rendition, in pixels.
pub const LARGE: u32 = 1600;
/// The longest side of the small rendition, in pixels.
pub const SMALL: u32 = 640;
/// The type of every rendition.
pub const MEDIA_TYPE: &str = "image/jpeg";

/// A picture made anew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    /// A JPEG without anything but pixels.
    pub bytes: Vec<u8>,
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
}

/// Both sizes of a picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remade {
    /// At most [`LARGE`] wide and high.
    pub large: Rendered,
    /// At most [`SMALL`] wide and high.
    pub small: Rendered,
}

/// Reads a picture within the limits and turns it upright.
///
/// # Errors
/// The code of the field's problem: `picture-too-large`, `picture-unreadable`.
pub fn read(bytes: &[u8]) -> Result<DynamicImage, &'static str> {
    let unreadable = |_| "picture-unreadable";
    let (reader, _) = picture::open(bytes, MOST_BYTES, LONGEST)?;
    let mut decoder = reader.into_decoder().map_err(unreadable)?;
    let (width, height) = decoder.dimensions();
    let pixels = u64::from(width) * u64::from(height);
    // The library's own bound on memory is not asked on this way.
    if width > LONGEST || height > LONGEST || pixels > MOST_PIXELS || decoder.total_bytes() > picture::MOST_DECODED {
        return Err("picture-too-large");
    }
    if pixels == 0 {
        return Err("picture-unreadable");
    }
    let turned = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut upright = DynamicImage::from_decoder(decoder).map_err(unreadable)?;
    upright.apply_orientation(turned);
    picture::flatten(upright)
}

/// Reads a picture and makes both sizes.
///
/// # Errors
/// As [`read`].
pub fn remake(bytes: &[u8]) -> Result<Remade, &'static str> {
    let picture = read(bytes)?;
    let large = shrunk(&picture, LARGE)?;
    let small = shrunk(&picture, SMALL)?;
    Ok(Remade { large, small })
}

/// A picture at most `longest` wide and high, never larger than it was.
///
/// # Errors
/// `picture-unreadable` when it cannot be encoded.
pub fn shrunk(picture: &DynamicImage, longest: u32) -> Result<Rendered, &'static str> {
    let fits = picture.width() <= longest && picture.height() <= longest;
    let made = if fits { picture.clone() } else { picture.resize(longest, longest, FilterType::CatmullRom) };
    encoded(&made)
}

/// The middle of a picture, exactly this large.
///
/// # Errors
/// `picture-unreadable` when it cannot be encoded.
pub fn filled(picture: &DynamicImage, width: u32, height: u32) -> Result<Rendered, &'static str> {
    encoded(&picture.resize_to_fill(width, height, FilterType::CatmullRom))
}

fn encoded(picture: &DynamicImage) -> Result<Rendered, &'static str> {
    let bytes = picture::jpeg(picture, 84)?;
    Ok(Rendered { bytes, width: picture.width(), height: picture.height() })
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;
    use image::{ImageFormat, Rgb, RgbImage};

    const CANARY: &[u8] = b"45.7640N 4.8357E canari";

    /// A picture of two colours: red on the left, blue on the right.
    fn two(width: u32, height: u32) -> DynamicImage {
        DynamicImage::ImageRgb8(RgbImage::from_fn(width, height, |x, _| {
            if x < width / 2 { Rgb([250, 0, 0]) } else { Rgb([0, 0, 250]) }
        }))
    }

    fn file(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
        let mut out = Vec::new();
        picture.write_to(&mut Cursor::new(&mut out), format).expect("encoded");
        out
    }

    /// A JPEG as a phone writes it: turned by `orientation`, with a place.
    fn phone(picture: &DynamicImage, orientation: u16) -> Vec<u8> {
        let plain = file(picture, ImageFormat::Jpeg);
        let mut exif = b"Exif\0\0MM\0\x2a\0\0\0\x08".to_vec();
        exif.extend_from_slice(&[0, 2]);
        exif.extend_from_slice(&[0x01, 0x12, 0, 3, 0, 0, 0, 1]);
        exif.extend_from_slice(&orientation.to_be_bytes());
        exif.extend_from_slice(&[0, 0]);
        // A description that stands after the directory.
        let length = u32::try_from(CANARY.len()).expect("short");
        exif.extend_from_slice(&[0x01, 0x0e, 0, 2]);
        exif.extend_from_slice(&length.to_be_bytes());
        exif.extend_from_slice(&38_u32.to_be_bytes());
        exif.extend_from_slice(&[0, 0, 0, 0]);
        exif.extend_from_slice(CANARY);
        let size = u16::try_from(exif.len() + 2).expect("short");
        let mut out = plain[..2].to_vec();
        out.extend_from_slice(&[0xff, 0xe1]);
        out.extend_from_slice(&size.to_be_bytes());
        out.extend_from_slice(&exif);
        out.extend_from_slice(&plain[2..]);
        out
    }

    fn colour(made: &Rendered, x: u32, y: u32) -> &'static str {
        let picture = image::load_from_memory(&made.bytes).expect("a JPEG").to_rgb8();
        assert_eq!((picture.width(), picture.height()), (made.width, made.height));
        let pixel = picture.get_pixel(x, y);
        if pixel[0] > pixel[2] { "red" } else { "blue" }
    }

    fn holds(bytes: &[u8], part: &[u8]) -> bool {
        bytes.windows(part.len()).any(|w| w == part)
    }

    #[test]
    fn a_picture_is_turned_and_nothing_of_the_camera_is_kept() {
        for (orientation, size, left, right) in [
            (1, (60, 20), "red", "blue"),
            (2, (60, 20), "blue", "red"),
            (3, (60, 20), "blue", "red"),
            (6, (20, 60), "red", "red"),
            (8, (20, 60), "blue", "blue"),
        ] {
            let sent = phone(&two(60, 20), orientation);
            assert!(holds(&sent, CANARY) && holds(&sent, b"Exif"));
            let made = remake(&sent).expect("readable");
            for one in [&made.large, &made.small] {
                assert_eq!((one.width, one.height), size, "{orientation}");
                assert!(!holds(&one.bytes, CANARY) && !holds(&one.bytes, b"Exif"), "{orientation}");
                assert_eq!(colour(one, 2, 2), left, "{orientation}");
                assert_eq!(colour(one, one.width - 3, 2), right, "{orientation}");
            }
        }
    }

    #[test]
    fn texts_of_a_png_are_not_kept() {
        let plain = file(&two(30, 30), ImageFormat::Png);
        // A text chunk after the header, its checksum by the rule of PNG.
        let mut chunk = b"tEXtComment\0".to_vec();
        chunk.extend_from_slice(CANARY);
        let sum = chunk.iter().fold(u32::MAX, |sum, byte| {
            (0..8).fold(sum ^ u32::from(*byte), |s, _| if s & 1 == 1 { 0xedb8_8320 ^ (s >> 1) } else { s >> 1 })
        });
        let mut sent = plain[..33].to_vec();
        sent.extend_from_slice(&u32::try_from(chunk.len() - 4).expect("short").to_be_bytes());
        sent.extend_from_slice(&chunk);
        sent.extend_from_slice(&(!sum).to_be_bytes());
        sent.extend_from_slice(&plain[33..]);
        let made = remake(&sent).expect("readable");
        assert!(!holds(&made.large.bytes, CANARY) && !holds(&made.small.bytes, CANARY));
    }

    #[test]
    fn sizes_have_their_bounds_and_nothing_grows() {
        for (sent, large, small) in [
            ((2000, 1000), (1600, 800), (640, 320)),
            ((1000, 2000), (800, 1600), (320, 640)),
            ((700, 700), (700, 700), (640, 640)),
            ((3, 2), (3, 2), (3, 2)),
        ] {
            let made = remake(&file(&two(sent.0, sent.1), ImageFormat::Jpeg)).expect("readable");
            assert_eq!((made.large.width, made.large.height), large);
            assert_eq!((made.small.width, made.small.height), small);
        }
    }

    #[test]
    fn what_is_too_much_is_refused_before_it_is_decoded() {
        assert_eq!(remake(&vec![0; MOST_BYTES + 1]).err(), Some("picture-too-large"));
        // A header that promises what is not there.
        let header = |width: u32, height: u32, deep: bool| {
            let mut png = file(&two(2, 2), ImageFormat::Png);
            if deep {
                (png[24], png[25]) = (16, 6);
            }
            png[16..20].copy_from_slice(&width.to_be_bytes());
            png[20..24].copy_from_slice(&height.to_be_bytes());
            let sum = png[12..29].iter().fold(u32::MAX, |sum, byte| {
                (0..8).fold(sum ^ u32::from(*byte), |s, _| if s & 1 == 1 { 0xedb8_8320 ^ (s >> 1) } else { s >> 1 })
            });
            png[29..33].copy_from_slice(&(!sum).to_be_bytes());
            png
        };
        assert_eq!(remake(&header(11_000, 11_000, false)).err(), Some("picture-too-large"), "pixels");
        assert_eq!(remake(&header(5_000, 5_000, true)).err(), Some("picture-too-large"), "eight bytes for a pixel");
        assert_eq!(remake(&header(5_000, 5_000, false)).err(), Some("picture-unreadable"), "it would be decoded");
        for (width, height) in [(60_000, 2), (2, 60_000), (0, 0)] {
            assert!(remake(&header(width, height, false)).is_err(), "{width}×{height}");
        }
    }

    #[test]
    fn what_is_transparent_stands_on_white() {
        let colours = [[250, 0, 0, 255], [0, 0, 250, 0], [0, 0, 0, 128], [10, 20, 30, 255]];
        let at = |x: u32| colours[usize::try_from(x).expect("small") % 4];
        let clear = image::RgbaImage::from_fn(5, 3, |x, _| image::Rgba(at(x)));
        let deep = DynamicImage::ImageRgba8(clear.clone()).into_rgba16();
        for picture in [DynamicImage::ImageRgba8(clear), DynamicImage::ImageRgba16(deep)] {
            let flat = read(&file(&picture, ImageFormat::Png)).expect("readable").into_rgb8();
            let row: Vec<[u8; 3]> = (0..5).map(|x| flat.get_pixel(x, 2).0).collect();
            assert_eq!(row, [[250, 0, 0], [255, 255, 255], [127, 127, 127], [10, 20, 30], [250, 0, 0]]);
        }
    }

    #[test]
    fn what_is_no_picture_is_refused() {
        let jpeg = phone(&two(40, 40), 6);
        let bad: [&[u8]; 5] =
            [b"", b"GIF89a", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"\x89PNG\r\n\x1a\n", &jpeg[..60]];
        for bytes in bad {
            assert_eq!(remake(bytes).err(), Some("picture-unreadable"));
        }
        for cut in (0..jpeg.len()).step_by(7) {
            // Whatever a cut file gives, it gives it without an accident.
            drop(remake(&jpeg[..cut]));
        }
    }
}
