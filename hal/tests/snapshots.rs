//! Receipts in six languages as three printers print them: sent to the emulated printer over TCP, drawn by it, and looked at
//! by a person. Whoever changes them on purpose runs this with `EVERTILL_SNAPSHOTS=write` and looks at the pictures in
//! `hal/tests/snapshots/`.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic)] // a failed test is a panic

use evertill_hal::emulator::EmulatedPrinter;
use evertill_hal::escpos::{EscPosPrinter, PrinterLink, Profile};
use evertill_hal::transport::Tcp;
use evertill_hal::{Align, Barcode, Document, Element, Outcome, Picture, QrPayload, ReceiptPrinter, Style};
use std::io::Cursor;
use std::path::PathBuf;
use std::time::Duration;

/// An impact printer, cheap narrow paper, and the newest of the usual ones.
const MODELS: [&str; 3] = ["TM-T88VI", "58mm", "TM-U220"];

/// What stands on a receipt in one language.
struct Words {
    language: &'static str,
    store: [&'static str; 3],
    till: &'static str,
    items: [(&'static str, &'static str); 4],
    saving: (&'static str, &'static str),
    total: (&'static str, &'static str),
    paid: (&'static str, &'static str),
    change: (&'static str, &'static str),
    tax: (&'static str, &'static str),
    notice: &'static str,
    thanks: &'static str,
}

const LANGUAGES: [Words; 6] = [
    Words {
        language: "en",
        store: ["Evertill Stores", "12 High Street", "York YO1 7HH"],
        till: "Till 2  Receipt 1017",
        items: [
            ("Strawberry yoghurt 150 g  3 x £0.59", "£1.77"),
            ("Mature Cheddar  0.342 kg x £12.90", "£4.41"),
            ("Café crème beans", "£6.99"),
            ("Jalapeño salsa", "£1.20"),
        ],
        saving: ("  3 for 2", "-£0.59"),
        total: ("TOTAL", "£13.78"),
        paid: ("Cash", "£20.00"),
        change: ("Change", "£6.22"),
        tax: ("VAT 20.0 % in £6.99", "£1.17"),
        notice: "Returns within 28 days with this receipt. Your statutory rights stay as they are.",
        thanks: "Thank you - please come again!",
    },
    Words {
        language: "de",
        store: ["Evertill Markt", "Hauptstraße 1", "80331 München"],
        till: "Kasse 2  Bon 1017",
        items: [
            ("Joghurt Erdbeere 150 g  3 x 0,59 €", "1,77 €"),
            ("Bergkäse würzig  0,342 kg x 24,90 €", "8,52 €"),
            ("Grauburgunder Kaiserstühler Öchsle", "8,99 €"),
            ("Weißwürste in Süßsenf", "4,49 €"),
        ],
        saving: ("  3 für 2", "-0,59 €"),
        total: ("SUMME", "23,18 €"),
        paid: ("Bar", "50,00 €"),
        change: ("Rückgeld", "26,82 €"),
        tax: ("MwSt 7,0 % in 14,19 €", "0,93 €"),
        notice: "Umtausch innerhalb von 14 Tagen gegen Vorlage des Belegs. Kühlware ist ausgeschlossen.",
        thanks: "Vielen Dank für Ihren Einkauf!",
    },
    Words {
        language: "fr",
        store: ["Marché Évertill", "3, rue de l'Échelle", "75001 Paris"],
        till: "Caisse 2  Ticket 1017",
        items: [
            ("Yaourt à la fraise 150 g  3 x 0,59 €", "1,77 €"),
            ("Bœuf haché  0,342 kg x 24,90 €", "8,52 €"),
            ("Crème brûlée à l'ancienne", "3,99 €"),
            ("Maïs doux, où l'été naît", "1,49 €"),
        ],
        saving: ("  3 pour 2", "-0,59 €"),
        total: ("TOTAL", "15,18 €"),
        paid: ("Espèces", "20,00 €"),
        change: ("Monnaie rendue", "4,82 €"),
        tax: ("TVA 5,5 % sur 15,18 €", "0,79 €"),
        notice: "Échange sous 14 jours sur présentation de ce ticket, hors produits réfrigérés.",
        thanks: "Merci de votre visite, à bientôt\u{a0}!",
    },
    Words {
        language: "es",
        store: ["Tiendas Evertill", "Calle de Alcalá, 7", "28014 Madrid"],
        till: "Caja 2  Tique 1017",
        items: [
            ("Yogur de fresa 150 g  3 x 0,59 €", "1,77 €"),
            ("Jamón ibérico  0,342 kg x 24,90 €", "8,52 €"),
            ("Piña en su jugo", "1,99 €"),
            ("Pingüinos de chocolate ¡nuevo!", "2,49 €"),
        ],
        saving: ("  3 por 2", "-0,59 €"),
        total: ("TOTAL", "14,18 €"),
        paid: ("Efectivo", "20,00 €"),
        change: ("Cambio", "5,82 €"),
        tax: ("IVA 10,0 % de 14,18 €", "1,29 €"),
        notice: "Devoluciones en 14 días con este tique. ¿Dudas? Pregunte a nuestro personal.",
        thanks: "¡Gracias por su compra!",
    },
    Words {
        language: "pl",
        store: ["Sklep Evertill", "ul. Święty Marcin 5", "61-803 Poznań"],
        till: "Kasa 2  Paragon 1017",
        items: [
            ("Jogurt truskawkowy 150 g  3 x 2,49 zł", "7,47 zł"),
            ("Ser żółty łagodny  0,342 kg x 39,90 zł", "13,65 zł"),
            ("Kiełbasa wędzona śląska", "18,99 zł"),
            ("Źródlana woda gazowana", "1,99 zł"),
        ],
        saving: ("  3 w cenie 2", "-2,49 zł"),
        total: ("SUMA", "39,61 zł"),
        paid: ("Gotówka", "50,00 zł"),
        change: ("Reszta", "10,39 zł"),
        tax: ("VAT 5,0 % od 39,61 zł", "1,89 zł"),
        notice: "Zwrot w ciągu 14 dni za okazaniem paragonu. Ćwierć ceny kaucji nie zwracamy.",
        thanks: "Dziękujemy, zapraszamy ponownie!",
    },
    Words {
        language: "el",
        store: ["Αγορά Evertill", "Οδός Ερμού 12", "105 63 Αθήνα"],
        till: "Ταμείο 2  Απόδειξη 1017",
        items: [
            ("Γιαούρτι φράουλα 150 g  3 x 0,59 €", "1,77 €"),
            ("Φέτα Ηπείρου  0,342 kg x 14,90 €", "5,10 €"),
            ("Ελαιόλαδο εξαιρετικό παρθένο", "9,99 €"),
            ("Ψωμί χωριάτικο, ξύλινου φούρνου", "1,80 €"),
        ],
        saving: ("  3 στην τιμή των 2", "-0,59 €"),
        total: ("ΣΥΝΟΛΟ", "18,07 €"),
        paid: ("Μετρητά", "20,00 €"),
        change: ("Ρέστα", "1,93 €"),
        tax: ("ΦΠΑ 13,0 % στα 18,07 €", "2,08 €"),
        notice: "Επιστροφές εντός 14 ημερών με την απόδειξη. Τα προϊόντα ψυγείου δεν αλλάζονται.",
        thanks: "Ευχαριστούμε για την προτίμηση!",
    },
];

/// A disc that fades from its upper left to its lower right, as logos with greys do.
fn logo() -> Vec<u8> {
    let picture = image::GrayImage::from_fn(160, 96, |x, y| {
        let (across, down) = (i64::from(x) - 80, i64::from(y) - 48);
        let is_inside = across * across * 36 + down * down * 100 < 4 * 36 * 100 * 16;
        let level = u8::try_from(x + y).unwrap_or(255).saturating_sub(20);
        image::Luma([if is_inside { level } else { 255 }])
    });
    let mut png = Vec::new();
    picture.write_to(&mut Cursor::new(&mut png), image::ImageFormat::Png).unwrap();
    png
}

fn receipt(words: &Words, dots_wide: usize) -> Document {
    let mut document = Document::new();
    document.push(Element::Picture(Picture::from_png(&logo(), dots_wide).unwrap()));
    document.text(words.store[0], Style::LARGE, Align::Center);
    for line in &words.store[1..] {
        document.text(*line, Style::NORMAL, Align::Center);
    }
    document.push(Element::Feed { lines: 1 }).text(words.till, Style::NORMAL, Align::Left).push(Element::Rule);
    let mut both = |(left, right): (&str, &str), style| {
        document.push(Element::Columns { left: left.to_owned(), right: right.to_owned(), style });
    };
    words.items.iter().for_each(|item| both(*item, Style::NORMAL));
    both(words.saving, Style::NORMAL);
    both(words.total, Style::LARGE);
    for line in [words.paid, words.change, words.tax] {
        both(line, Style::NORMAL);
    }
    document.push(Element::Rule).text(words.notice, Style::NORMAL, Align::Left);
    document.push(Element::Barcode(Barcode::code128("R-0417-2-1017").unwrap()));
    document.push(Element::Qr(QrPayload::new("https://evertill.example/r/0417-2-1017/5f1d8a40").unwrap()));
    document.text(words.thanks, Style::BOLD, Align::Center).push(Element::Cut);
    document
}

/// What the emulated printer of this model puts on paper: its text and its picture.
fn printed(document: &Document, profile: Profile) -> (String, Vec<u8>) {
    let device = EmulatedPrinter::start("127.0.0.1:0".parse().unwrap(), &profile).unwrap();
    let mut printer = EscPosPrinter::new(PrinterLink::new(Tcp::new(device.address())), profile);
    assert_eq!(printer.print(document, Duration::from_secs(20)), Outcome::Done);
    device.tear_off();
    let sheets = device.take_sheets();
    assert_eq!(sheets.len(), 1, "{}: one receipt is one sheet", profile.name);
    (sheets[0].text().to_owned(), sheets[0].png().unwrap())
}

fn check(name: &str, text: &str, png: &[u8]) {
    let path = |ending: &str| PathBuf::from(format!("{}/tests/snapshots/{name}.{ending}", env!("CARGO_MANIFEST_DIR")));
    if std::env::var_os("EVERTILL_SNAPSHOTS").is_some_and(|word| word == "write") {
        std::fs::create_dir_all(path("txt").parent().unwrap()).unwrap();
        std::fs::write(path("txt"), text).unwrap();
        std::fs::write(path("png"), png).unwrap();
    }
    assert_eq!(text, std::fs::read_to_string(path("txt")).unwrap(), "{name}");
    let pixels = |png: &[u8]| image::load_from_memory(png).unwrap().to_rgba8();
    assert!(pixels(png) == pixels(&std::fs::read(path("png")).unwrap()), "{name}.png looks different");
}

#[test]
fn receipts_in_six_languages_on_three_printers_look_as_they_were_found_good() {
    for model in MODELS {
        let profile = Profile::named(model).unwrap();
        for words in &LANGUAGES {
            let (text, png) = printed(&receipt(words, profile.dots_wide), profile);
            check(&format!("{}-{}", words.language, model.to_ascii_lowercase()), &text, &png);
        }
    }
}

#[test]
fn prices_and_names_keep_their_letters_where_the_printer_has_them() {
    let profile = Profile::named("TM-T88VI").unwrap();
    for words in &LANGUAGES {
        let (text, _) = printed(&receipt(words, profile.dots_wide), profile);
        for (left, right) in words.items {
            let first = left.split(' ').next().unwrap();
            assert!(text.contains(first) && text.contains(right), "{}: {left} {right}\n{text}", words.language);
        }
        assert!(!text.contains('?') || words.language == "es", "{text}");
    }
}
