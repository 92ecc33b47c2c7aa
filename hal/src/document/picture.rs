//! Pictures in black dots: a printer has no grey, and no more dots than its paper is wide.
//!
//! Grey is told by how many dots of a neighbourhood are black (error diffusion after Floyd and Steinberg, 1976): what one dot
//! is too dark or too light is given on to those that come after it. A picture of black and white only stays as it is.

use super::DocumentError;
use image::imageops::{FilterType, resize};
use image::{DynamicImage, GrayImage, ImageDecoder, ImageReader, Limits, Luma};
use std::io::Cursor;

/// As wide as the widest receipt printers, four inches at 203 dots an inch.
const DOTS_WIDE_MAX: u32 = 832;
/// A quarter of a metre.
const DOTS_HIGH_MAX: u32 = 2_000;
/// No side of a file's picture is longer: decoding and scaling it take a moment, and a printer waits.
pub(super) const PIXELS_MAX: u32 = 2_048;
/// Memory that decoding a picture may take.
const DECODED_BYTES_MAX: u64 = 32 << 20;
const WHITE: i32 = 255;

/// A picture in black dots.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    dots_wide: usize,
    /// Rows of whole bytes, the leftmost dot in the highest bit; dots beyond the width are 0.
    rows: Vec<u8>,
}

impl Picture {
    /// A picture whose dots `black` tells.
    pub fn draw(dots_wide: u32, dots_high: u32, black: impl Fn(u32, u32) -> bool) -> Result<Picture, DocumentError> {
        if !(1..=DOTS_WIDE_MAX).contains(&dots_wide) || !(1..=DOTS_HIGH_MAX).contains(&dots_high) {
            let why =
                format!("it is {dots_wide} x {dots_high} dots, and {DOTS_WIDE_MAX} x {DOTS_HIGH_MAX} are the most");
            return Err(DocumentError::Picture(why));
        }
        let bytes_per_row = dots_wide.div_ceil(8) as usize;
        let mut rows = vec![0u8; bytes_per_row * dots_high as usize];
        for y in 0..dots_high {
            for x in (0..dots_wide).filter(|x| black(*x, y)) {
                rows[y as usize * bytes_per_row + x as usize / 8] |= 0x80 >> (x % 8);
            }
        }
        Ok(Picture { dots_wide: dots_wide as usize, rows })
    }

    /// The PNG `bytes` on white paper of `paper_dots_wide`: made smaller where it is wider, and its greys in dots.
    pub fn from_png(bytes: &[u8], paper_dots_wide: usize) -> Result<Picture, DocumentError> {
        let grey = on_white(&decode(bytes)?);
        let paper = u32::try_from(paper_dots_wide).unwrap_or(DOTS_WIDE_MAX).clamp(1, DOTS_WIDE_MAX);
        let grey = match (grey.width(), grey.height()) {
            (wide, high) if wide > paper => {
                // Narrower by the same share, and at least one dot of it.
                let high = u64::from(high) * u64::from(paper) / u64::from(wide);
                resize(&grey, paper, u32::try_from(high).unwrap_or(PIXELS_MAX).max(1), FilterType::Triangle)
            }
            _ => grey,
        };
        let black = dither(&grey);
        Picture::draw(grey.width(), grey.height(), |x, y| black[(y * grey.width() + x) as usize])
    }

    /// Its width in dots.
    pub fn dots_wide(&self) -> usize {
        self.dots_wide
    }

    /// Its rows of whole bytes, the leftmost dot in the highest bit.
    pub fn rows(&self) -> std::slice::ChunksExact<'_, u8> {
        self.rows.chunks_exact(self.dots_wide.div_ceil(8))
    }
}

/// The picture of a PNG, whose header is held to the bounds before anything is decoded.
fn decode(bytes: &[u8]) -> Result<DynamicImage, DocumentError> {
    let refuse = |error: image::ImageError| DocumentError::Picture(error.to_string());
    let mut limits = Limits::default();
    limits.max_image_width = Some(PIXELS_MAX);
    limits.max_image_height = Some(PIXELS_MAX);
    limits.max_alloc = Some(DECODED_BYTES_MAX);
    let mut reader = ImageReader::with_format(Cursor::new(bytes), image::ImageFormat::Png);
    reader.limits(limits.clone());
    let mut decoder = reader.into_decoder().map_err(refuse)?;
    decoder.set_limits(limits).map_err(refuse)?;
    DynamicImage::from_decoder(decoder).map_err(refuse)
}

/// What is transparent shows the paper.
fn on_white(picture: &DynamicImage) -> GrayImage {
    let pixels = picture.to_luma_alpha8();
    GrayImage::from_fn(pixels.width(), pixels.height(), |x, y| {
        let [luma, alpha] = pixels.get_pixel(x, y).0.map(u32::from);
        let grey = (luma * alpha + 255 * (255 - alpha)) / 255;
        Luma([u8::try_from(grey).unwrap_or(u8::MAX)])
    })
}

/// Which dots are black, row by row.
fn dither(grey: &GrayImage) -> Vec<bool> {
    let wide = grey.width() as usize;
    let mut black = Vec::with_capacity(wide * grey.height() as usize);
    // What this row and the next are owed, in sixteenths, with a column beyond either edge.
    let (mut owed, mut owed_below) = (vec![0i32; wide + 2], vec![0i32; wide + 2]);
    for row in grey.rows() {
        for (x, Luma([level])) in row.enumerate() {
            let wanted = i32::from(*level) + owed[x + 1] / 16;
            let is_black = wanted * 2 < WHITE;
            let error = wanted - if is_black { 0 } else { WHITE };
            owed[x + 2] += error * 7;
            owed_below[x] += error * 3;
            owed_below[x + 1] += error * 5;
            owed_below[x + 2] += error;
            black.push(is_black);
        }
        std::mem::swap(&mut owed, &mut owed_below);
        owed_below.fill(0);
    }
    black
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{ImageFormat, LumaA};

    fn png(wide: u32, high: u32, pixel: impl Fn(u32, u32) -> [u8; 2]) -> Vec<u8> {
        let mut bytes = Vec::new();
        let picture = image::ImageBuffer::from_fn(wide, high, |x, y| LumaA(pixel(x, y)));
        DynamicImage::ImageLumaA8(picture).write_to(&mut Cursor::new(&mut bytes), ImageFormat::Png).unwrap();
        bytes
    }

    fn blacks(picture: &Picture) -> u32 {
        picture.rows().flatten().map(|byte| byte.count_ones()).sum()
    }

    #[test]
    fn black_and_white_stay_as_they_are() {
        let board = png(16, 8, |x, y| [if (x + y) % 2 == 0 { 0 } else { 255 }, 255]);
        let picture = Picture::from_png(&board, 576).unwrap();
        assert_eq!(picture, Picture::draw(16, 8, |x, y| (x + y) % 2 == 0).unwrap());
    }

    #[test]
    fn grey_is_told_by_how_many_dots_are_black() {
        for level in [0u8, 32, 64, 128, 192, 224, 255] {
            let picture = Picture::from_png(&png(64, 64, |_, _| [level, 255]), 576).unwrap();
            let (found, wanted) = (i64::from(blacks(&picture)), 4_096 * i64::from(255 - level) / 255);
            assert!((found - wanted).abs() < 82, "{level}: {found} of 4096 are black, {wanted} were wanted");
        }
    }

    #[test]
    fn what_is_transparent_is_paper() {
        assert_eq!(blacks(&Picture::from_png(&png(8, 8, |_, _| [0, 0]), 576).unwrap()), 0);
    }

    #[test]
    fn a_picture_wider_than_the_paper_is_made_smaller_and_keeps_its_form() {
        let picture = Picture::from_png(&png(1_000, 500, |x, _| [if x < 500 { 0 } else { 255 }, 255]), 384).unwrap();
        assert_eq!((picture.dots_wide(), picture.rows().len()), (384, 192));
        let left = picture.rows().next().unwrap();
        assert_eq!((left[0], left[47]), (0xFF, 0));
        let line = Picture::from_png(&png(2_048, 1, |_, _| [0, 255]), 384).unwrap();
        assert_eq!((line.dots_wide(), line.rows().len()), (384, 1));
    }

    #[test]
    fn one_that_is_too_large_or_none_is_refused_with_the_remedy() {
        for bytes in
            [png(PIXELS_MAX + 1, 1, |_, _| [0, 255]), png(1, PIXELS_MAX + 1, |_, _| [0, 255]), b"GIF89a".to_vec()]
        {
            let error = Picture::from_png(&bytes, 576).unwrap_err().to_string();
            assert!(error.contains("2048 x 2048"), "{error}");
        }
        let error = Picture::draw(833, 1, |_, _| true).unwrap_err().to_string();
        assert!(error.contains("832"), "{error}");
    }
}
