//! States of the page that tests render and a person can look at in `target/page-fixtures`.

use crate::page::alarm::{Alarm, Reason};
use crate::page::notice::Notice;
use crate::page::screen::*;
use crate::page::selling::*;
use crate::page::shift::*;

pub const KEY: &str = "01935c1e-5b7a-7c33-9f0e-3b1f7c9a0001";

fn text(words: &str) -> String {
    words.to_owned()
}

fn sum(name: &str, amount: &str) -> Sum {
    Sum { name: text(name), amount: text(amount) }
}

fn choice(id: &str, name: &str) -> Choice {
    Choice { id: text(id), name: text(name) }
}

fn key(code: &str, name: &str, price: &str) -> ItemKey {
    ItemKey { code: text(code), name: text(name), price: text(price) }
}

fn line(id: &str, quantity: &str, name: &str, unit_price: &str, amount: &str) -> Line {
    Line {
        id: text(id),
        quantity: text(quantity),
        name: text(name),
        unit_price: text(unit_price),
        amount: text(amount),
        can_change_quantity: !quantity.contains("kg"),
        ..Line::default()
    }
}

pub fn screen(view: View) -> Screen {
    Screen {
        key: text(KEY),
        here: text("/counter/view"),
        decimal_mark: text(","),
        scanner_prefix: Some('~'),
        strip: Strip {
            till: text("DE-0417/2"),
            pool: text("v41"),
            link: Link::Online,
            unsent: 0,
            printer: PrinterState::Ready,
            drawer: DrawerState::Closed,
            scanner: ScannerState::Ready,
            cashier: Some(text("Amélie Brandt")),
            training: false,
        },
        alarms: Vec::new(),
        notices: Vec::new(),
        view,
        dialog: None,
    }
}

fn basket() -> Basket {
    let mut savings = line("2", "3", "Apple juice, cloudy, 1 l", "1,79 €", "5,37 €");
    savings.notes = vec![sum("3 for 2", "−1,79 €"), sum("Deposit 3 × 0,25 €", "0,75 €")];
    let mut void = line("3", "1", "Chocolate, dark 70 %, 100 g", "1,29 €", "1,29 €");
    void.void = true;
    let mut last = line("5", "1", "Sourdough rye bread, sliced, wood-oven baked, 750 g", "3,49 €", "3,49 €");
    last.notes = vec![sum("Discount 10 %, damaged", "−0,35 €")];
    Basket {
        lines: vec![
            line("1", "1", "Whole milk 3.8 %, 1 l", "1,19 €", "1,19 €"),
            savings,
            void,
            line("4", "0,532 kg", "Bananas", "1,99 €/kg", "1,06 €"),
            last,
        ],
        pieces: text("6"),
        sums: vec![sum("Subtotal", "11,86 €"), sum("Savings", "−2,14 €"), sum("VAT included", "0,65 €")],
        tendered: Vec::new(),
        due: text("9,72 €"),
        is_refund: false,
    }
}

pub fn selling(panel: Panel) -> Selling {
    Selling { entry: String::new(), basket: basket(), panel, suspended: 1, currency: text("€"), sells_vouchers: true }
}

fn empty(panel: Panel) -> Selling {
    let basket = Basket { pieces: text("0"), due: text("0,00 €"), ..Basket::default() };
    Selling { basket, ..selling(panel) }
}

fn keys() -> Panel {
    let tabs = ["Produce", "Bakery", "Drinks", "Dairy", "Household", "Magazines"];
    let tab = |(index, name): (usize, &&str)| Tab { id: index.to_string(), name: text(name), selected: index == 0 };
    Panel::Keys(Keys {
        tabs: tabs.iter().enumerate().map(tab).collect(),
        keys: vec![
            key("4011", "Bananas", "1,99 €/kg"),
            key("4131", "Apples, Fuji", "2,49 €/kg"),
            key("4046", "Avocado", "1,29 €"),
            key("4062", "Cucumber", "0,79 €"),
            key("4065", "Pepper, green", "3,99 €/kg"),
            key("4072", "Potatoes", "1,59 €/kg"),
            key("4082", "Onions, red", "1,99 €/kg"),
            key("4608", "Garlic", "0,59 €"),
            key("4664", "Tomatoes on the vine", "3,49 €/kg"),
            key("4959", "Mango", "1,99 €"),
            key("3283", "Honeycrisp apples, large", "3,29 €/kg"),
            key("9001", "Flowers", "7,99 €"),
        ],
    })
}

fn tender() -> Panel {
    Panel::Tender(Tender {
        exact: Some(choice("9,72", "9,72 €")),
        notes: vec![choice("10,00", "10 €"), choice("20,00", "20 €"), choice("50,00", "50 €")],
        card: true,
        voucher: true,
        card_amount: text("9,72"),
    })
}

fn sold() -> Panel {
    Panel::Sold(Sold {
        receipt: text("2-001482"),
        total: text("9,72 €"),
        tendered: vec![sum("Cash", "20,00 €")],
        change: Some(text("10,28 €")),
        paper: Paper::Printing,
        picture: text("/counter/receipts/1482.png"),
    })
}

fn pieces() -> Vec<Counted> {
    let faces = [20000, 10000, 5000, 2000, 1000, 500, 200, 100, 50, 20, 10, 5, 2, 1];
    let name = |minor: i64| if minor >= 100 { format!("{} €", minor / 100) } else { format!("{minor} ct") };
    let piece =
        |minor: &i64| Counted { id: minor.to_string(), name: name(*minor), worth_minor: *minor, count: String::new() };
    faces.iter().map(piece).collect()
}

fn report(title: &str) -> Report {
    let part = |title: &str, rows: &[(&str, &str)]| ReportPart {
        title: text(title),
        rows: rows.iter().map(|(name, amount)| sum(name, amount)).collect(),
    };
    Report {
        title: text(title),
        subtitle: text("DE-0417/2 · Amélie Brandt · 24.11.2026 06:58 – 15:04"),
        parts: vec![
            part("Sales", &[("Sales (212)", "3.418,22 €"), ("Refunds (3)", "−41,97 €"), ("Net", "3.376,25 €")]),
            part("Tax", &[("19 % on 1.204,50 €", "228,86 €"), ("7 % on 1.815,79 €", "127,10 €")]),
            part("Tenders", &[("Cash", "1.290,15 €"), ("Card", "2.006,10 €"), ("Voucher", "80,00 €")]),
            part("Drawer", &[("Opening float", "200,00 €"), ("Pick-up", "−800,00 €"), ("Expected", "690,15 €")]),
        ],
    }
}

fn refund() -> Panel {
    let take = |id: &str, name: &str, sold: &str, returned: &str, left: &str, unit_price: &str| RefundLine {
        id: text(id),
        name: text(name),
        sold: text(sold),
        returned: text(returned),
        left: text(left),
        unit_price: text(unit_price),
    };
    Panel::Refund(Refund {
        receipt: text("2-001377"),
        at: text("22.11.2026 17:21"),
        lines: vec![
            take("1", "Whole milk 3.8 %, 1 l", "1", "", "1", "1,19 €"),
            take("2", "Kettle, steel, 1.7 l", "2", "1", "1", "29,99 €"),
            take("3", "Umbrella", "1", "1", "0", "9,99 €"),
        ],
        tenders: vec![choice("cash", "Cash"), choice("card", "Card ·· 318804")],
        reasons: vec![choice("damaged", "Damaged"), choice("unwanted", "Not wanted")],
        only_known_here: true,
    })
}

fn small_panels() -> Vec<(&'static str, Panel)> {
    let past = PastSale {
        receipt: text("2-001481"),
        at: text("14:52"),
        items: text("Milk, bread, 4 more"),
        total: text("18,40 €"),
        cards: 1,
    };
    let aside = SuspendedBasket {
        id: text("7"),
        at: text("14:40"),
        cashier: text("Amélie Brandt"),
        items: text("Kettle, umbrella"),
        total: text("39,98 €"),
    };
    let shift = PastShift {
        number: text("118"),
        business_day: text("23.11.2026"),
        cashier: text("Jonas Weber"),
        total: text("2.911,04 €"),
    };
    let found = vec![key("4006381333931", "Apple juice, cloudy, 1 l", "1,79 €"), key("4131", "Apples, Fuji", "2,49 €")];
    let reasons = vec![choice("damaged", "Damaged"), choice("staff", "Staff")];
    let mut selected = basket().lines.remove(1);
    selected.selected = true;
    vec![
        ("pad", Panel::Pad),
        ("search", Panel::Search(Search { words: text("apple"), found, more: 14 })),
        ("search-empty", Panel::Search(Search { words: String::new(), found: Vec::new(), more: 0 })),
        ("line", Panel::Line(selected.clone())),
        ("line-on-scale", Panel::Line(Line { can_weigh: true, ..selected.clone() })),
        ("line-weighed", Panel::Line(basket().lines.remove(3))),
        ("discount", Panel::Discount(Discount { line: Some(selected), reasons: reasons.clone() })),
        ("discount-basket", Panel::Discount(Discount { line: None, reasons })),
        ("suspended", Panel::Suspended(vec![aside])),
        ("menu", Panel::Menu),
        ("sell-voucher", Panel::SellVoucher),
        ("abandon", Panel::Abandon),
        ("refund-find", Panel::RefundFind),
        ("refund", refund()),
        ("void-sale", Panel::VoidSale(past.clone())),
        ("no-sale", Panel::NoSale),
        ("copies", Panel::Copies(vec![past])),
        ("copies-none", Panel::Copies(Vec::new())),
        ("paid-in", Panel::CashMovement(MovementKind::PaidIn)),
        ("paid-out", Panel::CashMovement(MovementKind::PaidOut)),
        ("pick-up", Panel::CashMovement(MovementKind::PickUp)),
        ("x-report", Panel::XReport(report("X report"))),
        ("z-copies", Panel::ZCopies(vec![shift])),
        ("z-copies-none", Panel::ZCopies(Vec::new())),
        ("suspended-none", Panel::Suspended(Vec::new())),
        ("help", Panel::Help),
    ]
}

/// A selected line, as the line panel stands beside it.
fn with_selection(panel: Panel) -> Selling {
    let mut selling = selling(panel);
    if let Panel::Line(line) = &selling.panel {
        selling.basket.lines.iter_mut().filter(|one| one.id == line.id).for_each(|one| one.selected = true);
    }
    selling
}

fn signing_on() -> Vec<(&'static str, Screen)> {
    let on = |cashier: &str, standing| {
        let mut screen = screen(View::SignOn(SignOn { cashier: text(cashier), standing, shift_of: None }));
        screen.strip.cashier = None;
        screen
    };
    let open = |pieces| {
        let float = text("200,00");
        let open =
            OpenShift { business_day: text("24.11.2026"), float, currency: text("€"), pieces, minor_digits: 2 };
        screen(View::OpenShift(open))
    };
    vec![
        ("sign-on", on("", PinStanding::Fresh)),
        ("sign-on-wrong", on("17", PinStanding::Wrong { tries_left: 3 })),
        ("sign-on-locked", on("17", PinStanding::Locked { remaining: text("2 min") })),
        ("open-shift", open(Vec::new())),
        ("open-shift-pieces", open(pieces())),
    ]
}

fn closing() -> Vec<(&'static str, Screen)> {
    let others = vec![Counted { id: text("voucher"), name: text("Vouchers"), worth_minor: 0, count: String::new() }];
    let count = CloseShift { pieces: pieces(), others, currency: text("€"), minor_digits: 2, suspended: 1 };
    let closed = |difference| {
        let is_day_closed = difference == Difference::Exact;
        let report = report("Z report 119");
        screen(View::ShiftClosed(ShiftClosed { number: text("119"), report, difference, is_day_closed }))
    };
    vec![
        ("close-shift", screen(View::CloseShift(count))),
        ("shift-closed", closed(Difference::Short(text("2,15 €")))),
        ("shift-closed-exact", closed(Difference::Exact)),
        ("shift-closed-over", closed(Difference::Over(text("0,40 €")))),
    ]
}

fn troubles() -> Vec<(&'static str, Screen)> {
    let mut offline = screen(View::Selling(selling(keys())));
    offline.strip.link = Link::Offline { since: text("14:07") };
    offline.strip.unsent = 23;
    offline.strip.printer = PrinterState::PaperOut;
    offline.strip.drawer = DrawerState::Open;
    offline.strip.training = true;
    offline.alarms = vec![
        Alarm::ReceiptsWaiting { count: 2 },
        Alarm::PaperInDoubt { job: 7, receipt: Some(text("1479")), is_unknown: true },
    ];
    offline.notices = vec![Notice::BadQuantity { quantity: text("4006381333931"), most: text("999") }];
    let mut ask = screen(View::Selling(selling(keys())));
    ask.dialog = Some(Dialog::Override(Override {
        pending: text("void-line:2"),
        reason: Reason::Discount { discount: text("25 %") },
        needs_manager: false,
        supervisor: String::new(),
        standing: PinStanding::Wrong { tries_left: 4 },
    }));
    let mut age = screen(View::Selling(selling(keys())));
    age.dialog = Some(Dialog::Age(AgeQuestion {
        pending: text("scan:4001234567890"),
        item: text("Red wine, dry, 0.75 l"),
        age: 18,
        born_by: text("24.11.2008"),
        order: DateOrder::DayFirst,
    }));
    let mut part_paid = selling(tender());
    part_paid.basket.tendered = vec![sum("Voucher", "5,00 €")];
    part_paid.basket.due = text("4,72 €");
    let mut part_paid = screen(View::Selling(part_paid));
    part_paid.notices = vec![Notice::StillDue { due: text("4,72 €") }];
    let mut hostile = selling(keys());
    hostile.entry = text("\"><script>alert(1)</script>");
    hostile.basket.lines.push(line("6\"", "1", "<b onclick='x'>Jam & \"bread\"</b>", "1,00 €", "1,00 €"));
    vec![
        ("offline", offline),
        ("override", ask),
        ("age", age),
        ("part-paid", part_paid),
        ("hostile", screen(View::Selling(hostile))),
    ]
}

/// All states, each with its file name.
pub fn all() -> Vec<(&'static str, Screen)> {
    let mut states = signing_on();
    states.push(("empty", screen(View::Selling(empty(keys())))));
    states.push(("selling", screen(View::Selling(selling(keys())))));
    states.push(("tender", screen(View::Selling(selling(tender())))));
    states.push(("sold", screen(View::Selling(empty(sold())))));
    states.extend(small_panels().into_iter().map(|(name, panel)| (name, screen(View::Selling(with_selection(panel))))));
    states.extend(closing());
    states.extend(troubles());
    states
}
