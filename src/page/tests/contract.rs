//! Each form in each state fits the typed struct that stands for its path in [`super::super::forms`].

use super::fixtures;
use crate::page::forms::*;
use crate::page::{Language, render_main};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// The value of an attribute in a tag's text.
fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let start = tag.find(&format!(" {name}=\""))? + name.len() + 3;
    tag[start..].split('"').next()
}

/// A form's action, method and fields: for a field given several times, the last counts.
type Form = (String, String, Vec<(String, String)>);

fn forms(html: &str) -> Vec<Form> {
    html.split("<form ")
        .skip(1)
        .map(|rest| {
            let form = rest.split("</form>").next().unwrap();
            let head = format!(" {}", form.split('>').next().unwrap());
            let field = |tag: &str| {
                Some((attribute(tag, "name")?.to_owned(), attribute(tag, "value").unwrap_or("").to_owned()))
            };
            let fields = ["<input ", "<button ", "<select "]
                .iter()
                .flat_map(|opening| form.split(opening).skip(1))
                .filter_map(|tag| field(&format!(" {}", tag.split('>').next().unwrap())))
                .collect();
            let of = |name| attribute(&head, name).unwrap_or_default().to_owned();
            (of("action"), of("method"), fields)
        })
        .collect()
}

fn fits<T: DeserializeOwned>(fields: Value) -> Result<(), String> {
    serde_json::from_value::<T>(fields).map(|_| ()).map_err(|error| error.to_string())
}

fn check(path: &str, fields: Value) -> Result<(), String> {
    match path {
        "/counter/sign-off"
        | "/counter/suspend"
        | "/counter/abandon"
        | "/counter/x-report"
        | "/counter/close-day"
        | "/counter/refund/open" => fits::<KeyOnly>(fields),
        "/counter/sign-on" => fits::<SignOn>(fields),
        "/counter/open-shift" => fits::<OpenShift>(fields),
        "/counter/scan" => fits::<Scan>(fields),
        "/counter/quantity" => fits::<Quantity>(fields),
        "/counter/void-line" => fits::<LineOnly>(fields),
        "/counter/weigh" => fits::<LineOnly>(fields),
        "/counter/discount" => fits::<Discount>(fields),
        "/counter/tender" => fits::<Tender>(fields),
        "/counter/recall" => fits::<Recall>(fields),
        "/counter/refund/find" => fits::<RefundFind>(fields),
        "/counter/refund" => fits::<Refund>(fields),
        "/counter/paper" => fits::<Paper>(fields),
        "/counter/copy" => fits::<ReceiptOnly>(fields),
        "/counter/void-sale" => fits::<VoidSale>(fields),
        "/counter/no-sale" => fits::<NoSale>(fields),
        "/counter/sell-voucher" => fits::<SellVoucher>(fields),
        "/counter/cash-movement" => fits::<CashMovement>(fields),
        "/counter/close-shift" => fits::<CloseShift>(fields),
        "/counter/z-copy" => fits::<ZCopy>(fields),
        "/counter/override" => fits::<Override>(fields),
        "/counter/age" => fits::<Age>(fields),
        _ => Err("no form of the contract".to_owned()),
    }
}

#[test]
fn every_form_fits_the_contract_and_every_path_is_used() {
    let mut paths = std::collections::BTreeSet::new();
    for (name, screen) in fixtures::all() {
        for (path, method, fields) in forms(&render_main(&screen, Language::En)) {
            if method == "get" {
                assert_eq!(path, VIEW_PATH, "{name}");
                continue;
            }
            assert_eq!(method, "post", "{name} {path}");
            let has_key = fields.iter().any(|(name, value)| name == "key" && value == fixtures::KEY);
            assert!(has_key, "{name} {path} has no idempotency key");
            let fields: Map<String, Value> =
                fields.into_iter().map(|(name, value)| (name, Value::String(value))).collect();
            check(&path, Value::Object(fields)).unwrap_or_else(|error| panic!("{name} {path}: {error}"));
            paths.insert(path);
        }
    }
    assert_eq!(paths.len(), 27, "{paths:?}");
}

#[test]
fn the_contract_is_written_down() {
    let contract = concat!(include_str!("../forms.rs"), include_str!("../forms/cash.rs"));
    for (name, screen) in fixtures::all() {
        for (path, _, fields) in forms(&render_main(&screen, Language::En)) {
            assert!(contract.contains(&format!("`{path}`")), "{name}: {path} is not in the module doc of forms.rs");
            for (field, _) in fields {
                let known = contract.contains(&format!("pub {field}:"))
                    || ["count_", "take_", "reference_", "panel", "words"]
                        .iter()
                        .any(|prefix| field.starts_with(prefix));
                assert!(known, "{name} {path}: field {field}");
            }
        }
    }
}
