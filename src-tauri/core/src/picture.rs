//! What a file is, found in its bytes, and pictures made smaller. Nothing here trusts a name or what a header claims:
//! sides and memory are bounded before anything is decoded.

use std::io::Cursor;

use domain::files::Pixels;
use image::{DynamicImage, ImageFormat, ImageReader, Limits};

/// The longest side that is decoded, in pixels.
const SIDE: u32 = 16_384;
/// The most memory that decoding may take, in bytes: a picture of 40 megapixels fits.
const MEMORY: u64 = 256 * 1024 * 1024;

/// What some bytes are.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Kind {
    /// Such as `image/png`.
    pub media_type: &'static str,
    /// The size of an image that could be read whole.
    pub pixels: Option<Pixels>,
}

/// Looks what some bytes are. An image is decoded, so that what is called one can be shown.
pub fn look(bytes: &[u8], name: &str) -> Kind {
    if let Some((format, media_type)) = image_type(bytes) {
        let pixels =
            decode(bytes, format).map(|image| Pixels { width: image.width(), height: image.height() });
        return Kind { media_type, pixels };
    }
    Kind { media_type: other_type(bytes, name), pixels: None }
}

/// A picture no larger than so many pixels a side, as PNG; none where it cannot be read.
pub fn thumbnail(bytes: &[u8], side: u32) -> Option<Vec<u8>> {
    let (format, _) = image_type(bytes)?;
    let image = decode(bytes, format)?;
    let small =
        if image.width() <= side && image.height() <= side { image } else { image.thumbnail(side, side) };
    png(&small)
}

/// A picture as a clipboard holds it, four bytes a pixel, as PNG.
pub fn png_of(width: u32, height: u32, rgba: Vec<u8>) -> Option<Vec<u8>> {
    png(&DynamicImage::ImageRgba8(image::RgbaImage::from_raw(width, height, rgba)?))
}

fn png(image: &DynamicImage) -> Option<Vec<u8>> {
    let mut out = Cursor::new(Vec::new());
    image.write_to(&mut out, ImageFormat::Png).ok()?;
    Some(out.into_inner())
}

fn decode(bytes: &[u8], format: ImageFormat) -> Option<DynamicImage> {
    let mut limits = Limits::default();
    limits.max_image_width = Some(SIDE);
    limits.max_image_height = Some(SIDE);
    limits.max_alloc = Some(MEMORY);
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(limits);
    reader.decode().inspect_err(|error| tracing::info!(%error, "a picture cannot be read")).ok()
}

fn image_type(bytes: &[u8]) -> Option<(ImageFormat, &'static str)> {
    let format = image::guess_format(bytes).ok()?;
    let media_type = match format {
        ImageFormat::Png => "image/png",
        ImageFormat::Jpeg => "image/jpeg",
        ImageFormat::Gif => "image/gif",
        ImageFormat::WebP => "image/webp",
        _ => return None,
    };
    Some((format, media_type))
}

/// By the first bytes, and among texts and archives by the ending of the name.
fn other_type(bytes: &[u8], name: &str) -> &'static str {
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).unwrap_or_default();
    if bytes.starts_with(b"%PDF-") {
        "application/pdf"
    } else if bytes.get(4..8) == Some(b"ftyp") {
        if bytes.get(8..12) == Some(b"qt  ") { "video/quicktime" } else { "video/mp4" }
    } else if bytes.starts_with(&[0x1a, 0x45, 0xdf, 0xa3]) {
        "video/webm"
    } else if bytes.starts_with(b"PK\x03\x04") {
        "application/zip"
    } else if std::str::from_utf8(bytes).is_ok_and(|text| !text.contains('\0')) {
        match &*ending {
            "csv" => "text/csv",
            "json" => "application/json",
            "html" | "htm" => "text/html",
            "svg" => "image/svg+xml",
            "eml" => "message/rfc822",
            _ => "text/plain",
        }
    } else {
        "application/octet-stream"
    }
}

/// The types that the system's own program may open, each with the ending that says so: pictures, films, papers and
/// plain texts, nothing that runs or that brings others along.
pub fn opened_as(media_type: &str) -> Option<&'static str> {
    Some(match media_type {
        "image/png" => "png",
        "image/jpeg" => "jpg",
        "image/gif" => "gif",
        "image/webp" => "webp",
        "application/pdf" => "pdf",
        "video/mp4" => "mp4",
        "video/quicktime" => "mov",
        "video/webm" => "webm",
        "text/plain" | "application/json" | "message/rfc822" => "txt",
        "text/csv" => "csv",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
        let mut out = Cursor::new(Vec::new());
        DynamicImage::new_rgb8(width, height).write_to(&mut out, format).unwrap();
        out.into_inner()
    }

    #[test]
    fn what_a_file_is_stands_in_its_bytes() {
        let size = |width, height| Some(Pixels { width, height });
        let png = drawn(3, 2, ImageFormat::Png);
        let cases: [(&[u8], &str, &str, Option<Pixels>); 16] = [
            (&png, "a.png", "image/png", size(3, 2)),
            (&png, "a.exe", "image/png", size(3, 2)),
            (&drawn(8, 4, ImageFormat::Jpeg), "a.jpg", "image/jpeg", size(8, 4)),
            (&drawn(8, 4, ImageFormat::Gif), "a.gif", "image/gif", size(8, 4)),
            (&drawn(8, 4, ImageFormat::WebP), "a.webp", "image/webp", size(8, 4)),
            (&png[..png.len() / 2], "half.png", "image/png", None),
            (b"\x89PNG\r\n\x1a\n", "head.png", "image/png", None),
            (b"GIF89a", "head.gif", "image/gif", None),
            (b"not an image", "a.png", "text/plain", None),
            (b"", "a.png", "text/plain", None),
            (b"%PDF-1.7 ...", "a.txt", "application/pdf", None),
            (b"\0\0\0\x18ftypmp42", "a", "video/mp4", None),
            (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "a.svg", "image/svg+xml", None),
            (b"<script>", "a.html", "text/html", None),
            (b"a;b", "a.CSV", "text/csv", None),
            (b"MZ\x90\0\x03", "setup.png", "application/octet-stream", None),
        ];
        for (bytes, name, media_type, pixels) in cases {
            assert_eq!(look(bytes, name), Kind { media_type, pixels }, "{name}");
        }
    }

    #[test]
    fn a_thumbnail_is_no_larger_than_asked_and_keeps_its_shape() {
        let sides = |bytes: &[u8]| look(bytes, "").pixels.map(|pixels| (pixels.width, pixels.height));
        for (width, height, side, small) in
            [(640, 400, 320, (320, 200)), (400, 640, 320, (200, 320)), (100, 50, 320, (100, 50))]
        {
            let made = thumbnail(&drawn(width, height, ImageFormat::Png), side).unwrap();
            assert_eq!(sides(&made), Some(small));
        }
        assert_eq!(thumbnail(b"not an image", 320), None);
    }

    /// A header may claim anything: what it claims is never taken memory for.
    #[test]
    fn a_picture_that_would_not_fit_in_memory_is_not_unpacked() {
        for (width, height) in [(SIDE + 1, 1), (SIDE, SIDE), (u32::MAX, u32::MAX)] {
            let mut bytes = drawn(1, 1, ImageFormat::Png);
            // IHDR: length, type, width, height …, then its CRC.
            bytes[16..20].copy_from_slice(&width.to_be_bytes());
            bytes[20..24].copy_from_slice(&height.to_be_bytes());
            let crc = crc32(&bytes[12..29]);
            bytes[29..33].copy_from_slice(&crc.to_be_bytes());
            assert_eq!(look(&bytes, "bomb.png"), Kind { media_type: "image/png", pixels: None });
            assert_eq!(thumbnail(&bytes, 320), None);
        }
    }

    /// As PNG has it (ISO 3309).
    fn crc32(bytes: &[u8]) -> u32 {
        !bytes.iter().fold(u32::MAX, |crc, byte| {
            (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
                if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 }
            })
        })
    }

    #[test]
    fn nothing_that_runs_is_opened() {
        for media_type in [
            "text/html",
            "image/svg+xml",
            "application/octet-stream",
            "application/zip",
            "application/x-desktop",
        ] {
            assert_eq!(opened_as(media_type), None, "{media_type}");
        }
    }
}
