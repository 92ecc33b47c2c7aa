//! A receipt as a picture, for the API: the same layout that the printer gets.

use super::document;
use evertill_domain::receipt::Receipt;
use evertill_hal::escpos::Profile;
use evertill_hal::render;

/// The first sheet of `receipt` as PNG, as a printer of this profile would print it.
pub fn png(receipt: &Receipt, profile: &Profile) -> Result<Vec<u8>, String> {
    let document = document::of(receipt, profile.dots_wide).map_err(|error| error.to_string())?;
    let sheets = render::sheets(&document, profile).map_err(|error| error.to_string())?;
    let sheet = sheets.first().ok_or("the receipt is empty")?;
    sheet.png().map_err(|error| error.to_string())
}
