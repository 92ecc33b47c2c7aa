use super::*;
use crate::document::{Align, Document, Style};
use crate::escpos::profile::Cutter;
use crate::{layout, render};
use serde_json::{Value, json};

/// Written by hand in the public file's format; its licence stands in it.
const FIXTURE: &str = include_str!("../../../tests/fixtures/capabilities.json");

fn fixture() -> Value {
    serde_json::from_str(FIXTURE).unwrap()
}

fn load_text(text: &str, model: &str) -> Result<Profile, String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("capabilities.json");
    std::fs::write(&path, text).unwrap();
    load(&path, model).map_err(|error| {
        let message = error.to_string();
        message.strip_prefix(&format!("{}: ", path.display())).expect("the message begins with the file").to_owned()
    })
}

/// What loading says when the field at `pointer` says `value`, or is missing.
fn load_changed(model: &str, pointer: &str, value: Option<Value>) -> Result<Profile, String> {
    let mut file = fixture();
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    let parent = file.pointer_mut(parent).unwrap().as_object_mut().unwrap();
    match value {
        Some(value) => parent.insert(key.to_owned(), value),
        None => parent.remove(key),
    };
    load_text(&file.to_string(), model)
}

fn pages(profile: &Profile) -> Vec<(&'static str, u8)> {
    profile.code_pages.iter().map(|page| (page.name, page.number)).collect()
}

#[test]
fn a_model_is_as_the_file_has_it_and_as_is_safe_where_the_file_is_silent() {
    let kefar = load_text(FIXTURE, "KR-306").unwrap();
    assert_eq!(
        kefar,
        Profile {
            name: "KR-306",
            dots_wide: 576,
            code_pages: kefar.code_pages,
            cutter: Profile::MM_80.cutter,
            pulse: Pulse { on_ms: 100, off_ms: 400, real_time: false },
            answers: true,
            clears_buffer: false,
            pictures: true,
            barcodes: true,
            qr: false,
            sizes: Sizes::GsBang,
        }
    );
    let numbers = [
        ("CP858", 14),
        ("WPC1252", 11),
        ("WPC1250", 50),
        ("CP437", 0),
        ("CP850", 2),
        ("CP852", 13),
        ("CP866", 12),
        ("CP3011", 64),
    ];
    assert_eq!(pages(&kefar), numbers, "the file's numbers, the lowest of several; the pages with the euro first");

    let epos = load_text(FIXTURE, "TEP-200M").unwrap();
    assert_eq!((epos.dots_wide, epos.columns(), epos.cutter), (504, 42, Cutter::None { feed_lines: 4 }));
}

#[test]
fn a_built_in_model_lends_what_the_file_does_not_say() {
    let epson = load_text(FIXTURE, "TM-T88V").unwrap();
    let built_in = Profile::named("TM-T88V").unwrap();
    assert_eq!(Profile { code_pages: built_in.code_pages, ..epson }, built_in);
    let (mut said, mut known) = (pages(&epson), pages(&built_in));
    assert_eq!(said.pop(), Some(("TCVN-3-1", 30)), "built-in models have no Vietnamese");
    assert_eq!(said[0], ("CP858", 19));
    said.sort_unstable();
    known.sort_unstable();
    assert_eq!(said, known);
}

#[test]
fn impact_printers_are_told_sizes_as_they_understand_them() {
    let mut file = fixture();
    let features = json!({"pulseStandard": true, "paperPartCut": true});
    for (key, vendor, sizes) in
        [("TM-U220B", "Epson", Sizes::EscBang), ("TM-T70", "Epson", Sizes::GsBang), ("TM-U9", "Other", Sizes::GsBang)]
    {
        let entry = json!({"vendor": vendor, "features": features, "codePages": {"0": "CP437"},
            "fonts": {"0": {"columns": 42}}, "media": {"width": {"pixels": 400}}});
        file["profiles"][key] = entry;
        let profile = load_text(&file.to_string(), key).unwrap();
        assert_eq!((profile.sizes, profile.columns(), profile.pictures), (sizes, 33, false), "{key}");
    }
}

#[test]
fn a_model_is_found_by_key_and_by_name_however_it_is_written() {
    for name in ["TM-T88V", "tm-t88v", " TM-T 88V ", "TEP200M Series", "tep200mseries", "TEP200M_SERIES"] {
        assert!(load_text(FIXTURE, name).is_ok(), "{name}");
    }
    let said = load_changed("KR-306", "/profiles/TM-T88V/name", Some(json!("Till")));
    assert_eq!(said.unwrap().name, "KR-306");
    let both = load_changed("tep200m series", "/profiles/TM-T88V/name", Some(json!("TEP200M Series"))).unwrap_err();
    assert_eq!(both, "several of its models are named \"tep200m series\": name one of TEP-200M, TM-T88V");
}

#[test]
fn lines_are_as_long_as_the_printer_prints_them() {
    for (pixels, columns, dots_wide) in [
        (json!(512), json!(42), 512),
        (json!(640), json!(48), 576), // the paper's dots, and not the head's
        (json!(576), json!(42), 504), // a font wider than 12 dots
        (json!(576), json!(12), 576), // a character's dots, and not a line's columns
        (json!(400), json!(42), 400), // a font narrower than 12 dots
        (json!("Unknown"), json!(32), 384),
        (json!(null), json!(32), 384),
        (json!(384), json!("Unknown"), 384),
        (json!(96), json!(8), 96),
        (json!(2000), json!(166), 2000),
    ] {
        let mut file = fixture();
        file["profiles"]["KR-306"]["media"]["width"]["pixels"] = pixels.clone();
        file["profiles"]["KR-306"]["fonts"]["0"]["columns"] = columns.clone();
        let profile = load_text(&file.to_string(), "KR-306").unwrap();
        assert_eq!(profile.dots_wide, dots_wide, "{pixels} {columns}");
    }
}

#[test]
fn a_wrong_field_is_named_with_what_it_must_be() {
    let width = "a whole number from 96 to 2000, or \"Unknown\"";
    for (field, value, message) in [
        ("media/width/pixels", json!(0), format!("media.width.pixels is 0 and must be {width}: mend it there")),
        ("media/width/pixels", json!(-576), format!("media.width.pixels is -576 and must be {width}: mend it there")),
        ("media/width/pixels", json!(95), format!("media.width.pixels is 95 and must be {width}: mend it there")),
        (
            "media/width/pixels",
            json!(100_000),
            format!("media.width.pixels is 100000 and must be {width}: mend it there"),
        ),
        ("media/width/pixels", json!(57.6), format!("media.width.pixels is 57.6 and must be {width}: mend it there")),
        (
            "media/width/pixels",
            json!("wide"),
            format!("media.width.pixels is \"wide\" and must be {width}: mend it there"),
        ),
        (
            "fonts/0/columns",
            json!(0),
            "fonts.0.columns is 0 and must be a whole number from 8 to 166, or \"Unknown\": mend it there".to_owned(),
        ),
        ("fonts", json!([]), "fonts is [] and must be an object in braces: mend it there".to_owned()),
        ("media/width", json!(80), "media.width is 80 and must be an object in braces: mend it there".to_owned()),
        ("features", json!("all"), "features is \"all\" and must be an object in braces: mend it there".to_owned()),
        ("features/qrCode", json!(1), "features.qrCode is 1 and must be true or false: mend it there".to_owned()),
        ("vendor", json!({}), "vendor is {} and must be a text: mend it there".to_owned()),
        ("codePages/3", json!(437), "codePages.3 is 437 and must be a text: mend it there".to_owned()),
        (
            "codePages",
            json!(["CP437"]),
            "codePages is [\"CP437\"] and must be an object in braces: mend it there".to_owned(),
        ),
    ] {
        let said = load_changed("KR-306", &format!("/profiles/KR-306/{field}"), Some(value)).unwrap_err();
        assert_eq!(said, format!("profiles.KR-306.{message}"));
    }
    for number in ["256", "-1", "first", ""] {
        let said = load_changed("KR-306", &format!("/profiles/KR-306/codePages/{number}"), Some(json!("CP437")));
        let expected =
            format!("the key of profiles.KR-306.codePages.{number} is {number} and must be a number from 0 to 255");
        assert!(said.unwrap_err().starts_with(&expected), "{number}");
    }
    let long = load_changed("KR-306", "/profiles/KR-306/vendor", Some(json!(["é".repeat(10_000)]))).unwrap_err();
    assert!(long.len() < 200, "{long}");
}

#[test]
fn what_a_till_cannot_print_with_is_refused_with_the_remedy() {
    for (field, value, message) in [
        ("features/starCommands", Some(json!(true)), "set the printer to ESC/POS mode"),
        ("features/pulseStandard", Some(json!(false)), "lacks the pulse of ESC/POS (features.pulseStandard)"),
        ("features", None, "lacks the pulse of ESC/POS (features.pulseStandard)"),
        ("codePages", Some(json!({"0": "Unknown", "1": "CP932", "2": "CP9999"})), "names no page that is known here"),
        ("codePages", None, "names no page that is known here"),
    ] {
        let said = load_changed("KR-306", &format!("/profiles/KR-306/{field}"), value).unwrap_err();
        assert!(said.starts_with("profiles.KR-306") && said.contains(message), "{said}");
    }
    let star = load_text(FIXTURE, "TSP600").unwrap_err();
    assert!(star.contains("Star") && star.contains("ESC/POS mode"), "{star}");
    let wide = load_changed("TEP-200M", "/profiles/TEP-200M/fonts", None).unwrap_err();
    assert!(wide.starts_with("profiles.TEP-200M says neither media.width.pixels nor fonts.0.columns"), "{wide}");
}

#[test]
fn what_is_wrong_elsewhere_does_no_harm() {
    let expected = load_text(FIXTURE, "KR-306").unwrap();
    let deep = format!("{}{}", "[".repeat(200_000), "]".repeat(200_000));
    let text = FIXTURE.replacen('{', &format!("{{\"deep\": {deep}, \"profile\": 7,"), 1);
    assert_eq!(load_text(&text, "KR-306").unwrap(), expected);
    for broken in [json!(7), json!({"name": 7}), json!({"media": "none"})] {
        assert_eq!(load_changed("KR-306", "/profiles/TM-T88V", Some(broken)).unwrap(), expected);
    }
}

#[test]
fn an_unknown_model_is_answered_with_the_nearest_names() {
    let said = load_text(FIXTURE, "TM-T88").unwrap_err();
    assert_eq!(said, "it has no model \"TM-T88\"; the nearest are TM-T88V, KR-306, TSP600, TEP-200M");
    let mut file = fixture();
    for number in 0..50 {
        file["profiles"][format!("ZZ-{number}")] = json!({});
    }
    let said = load_text(&file.to_string(), "TM-T88VI").unwrap_err();
    assert!(said.contains("nearest are TM-T88V, "), "{said}");
    assert_eq!(said.matches(',').count(), 9, "{said}");
    assert_eq!(
        load_text("{\"profiles\": {}}", "80mm").unwrap_err(),
        "it has no models at all: put capabilities.json of escpos-printer-db there"
    );
}

#[test]
fn a_file_that_is_none_is_refused_with_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let said = |path: &Path| load(path, "TM-T88V").unwrap_err().to_string();
    let missing = folder.path().join("missing.json");
    assert!(said(&missing).starts_with(&format!("{}: it cannot be read: ", missing.display())), "{}", said(&missing));
    let expected =
        format!("{}: that is no file: name capabilities.json itself, with its folder", folder.path().display());
    assert_eq!(said(folder.path()), expected);

    let large = folder.path().join("large.json");
    std::fs::File::create(&large).unwrap().set_len(FILE_BYTES_MAX + 1).unwrap();
    assert!(said(&large).contains("more than 4194304 bytes"), "{}", said(&large));
    let largest = format!("{FIXTURE}{}", " ".repeat(usize::try_from(FILE_BYTES_MAX).unwrap() - FIXTURE.len()));
    assert!(load_text(&largest, "TM-T88V").is_ok());

    for (text, message) in [
        ("", "it is no capability file: EOF while parsing a value at line 1 column 0"),
        ("[printer]\nmodel = 1", "it is no capability file: expected value at line 1 column 2"),
        ("{\n  \"profiles\": {\n    \"A\": {},\n  }\n}", "trailing comma at line 4"),
        ("[]", "it is no capability file: invalid length 0, expected an object with \"profiles\""),
        ("{}", "it is no capability file: missing field `profiles`"),
        ("{\"profiles\": [1]}", "it is no capability file: invalid type: sequence, expected a map at line 1"),
        (&"[".repeat(1_000_000), "it is no capability file"),
    ] {
        let said = load_text(text, "TM-T88V").unwrap_err();
        assert!(said.contains(message), "{said}");
    }
    std::fs::write(&large, b"{\"profiles\": {\"A\": \"\xFF\"}}").unwrap();
    assert!(said(&large).contains("it is no capability file"), "{}", said(&large));
    let deep = format!("{{\"profiles\": {{\"A\": {}{}}}}}", "[".repeat(100_000), "]".repeat(100_000));
    let deep = load_text(&deep, "A").unwrap_err();
    assert!(deep.starts_with("profiles.A cannot be read: recursion limit exceeded at line 1"), "{deep}");
}

#[test]
fn letters_of_europe_come_out_as_they_were_meant() {
    let profile = load_text(FIXTURE, "TM-T88V").unwrap();
    let text = "Käse 3,49 € £2 ąćęłńóśźż ĄĆĘŁ Ωμέγα Щука";
    let mut document = Document::new();
    document.text(text, Style::NORMAL, Align::Left);
    let sheets = render::sheets(&document, &profile).unwrap();
    let printed: String = sheets.iter().map(|sheet| sheet.text()).collect();
    assert_eq!(printed.trim_end(), text);
    assert_eq!(layout::text(&document, &profile).trim_end(), text);
    // One page says all of a Western receipt.
    let mut western = Document::new();
    western.text("Brötchen 1,20 €", Style::NORMAL, Align::Left).text("Crème £2 ½", Style::NORMAL, Align::Left);
    let bytes = crate::escpos::encode(&western, &profile).unwrap();
    let chosen: Vec<u8> = bytes.windows(3).filter(|three| three[..2] == [0x1B, 0x74]).map(|three| three[2]).collect();
    assert_eq!(chosen, [19]);
}

#[test]
fn pages_of_other_numbers_and_of_own_tables_come_out_as_they_were_meant() {
    let profile = load_text(FIXTURE, "KR-306").unwrap();
    let text = "Käse 3,49 € £2 ąćęłńóśźż Щука āēģīķļņšūž";
    let mut document = Document::new();
    document.text(text, Style::NORMAL, Align::Left);
    let bytes = crate::escpos::encode(&document, &profile).unwrap();
    let chosen: Vec<u8> = bytes.windows(3).filter(|three| three[..2] == [0x1B, 0x74]).map(|three| three[2]).collect();
    assert!(chosen.contains(&14) && chosen.contains(&64), "{chosen:?}");
    let sheets = render::sheets(&document, &profile).unwrap();
    let printed: String = sheets.iter().map(|sheet| sheet.text()).collect();
    assert_eq!(printed.trim_end(), text);
}

#[test]
fn a_wrong_table_of_a_page_is_named_only_where_the_model_has_that_page() {
    for (data, message) in [
        (json!([" ".repeat(127)]), "is 127 characters and must be 128 characters, in lines: mend it there"),
        (
            json!([" ".repeat(64), "é".repeat(65)]),
            "is 129 characters and must be 128 characters, in lines: mend it there",
        ),
        (json!([]), "is 0 characters and must be 128 characters, in lines: mend it there"),
        (json!("ÄÖÜ"), "is \"ÄÖÜ\" and must be a list of texts: mend it there"),
        (json!([7]), "is [7] and must be a list of texts: mend it there"),
    ] {
        let said = load_changed("KR-306", "/encodings/CP3011/data", Some(data.clone())).unwrap_err();
        assert_eq!(said, format!("encodings.CP3011.data {message}"));
        assert!(load_changed("TEP-200M", "/encodings/CP3011/data", Some(data)).is_ok());
    }
    let said = load_changed("KR-306", "/encodings/CP3011/data", None).unwrap();
    assert!(pages(&said).iter().all(|(name, _)| *name != "CP3011"));
}
