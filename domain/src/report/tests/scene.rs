//! A till that trades: every event goes through the domain's own verbs and becomes an entry.

use crate::basket::Basket;
use crate::catalogue::PriceBook;
use crate::entry::{Entry, Hash, Signature};
use crate::ids::{Epoch, Kind};
use crate::money::Currency;
use crate::quantity::Quantity;
use crate::random::Seeded;
use crate::reason::Reason;
use crate::refund::{GivenBack, Original, RefundDraft, Refunded, Returned, UnnumberedVoid};
use crate::report::{DayClosed, Report};
use crate::sale::{Sale, UnnumberedSale};
use crate::shift::{Counted, Direction, NoSale, Shift};
use crate::tender::Tender;
use crate::voucher::VoucherNumber;
use serde::Serialize;

pub(super) struct Scene {
    pub entries: Vec<Entry>,
    book: PriceBook,
    /// Each with what came back of it.
    sales: Vec<(Sale, Refunded)>,
    receipt_number: u64,
    shift: Shift,
    random: Seeded,
}

fn reason() -> Reason {
    "as told".parse().unwrap()
}

impl Scene {
    pub(super) fn new(seed: u64) -> Scene {
        let json = r#"{"version":1,"store":{"name":"S","locale":"de-DE"},"currency":"EUR","tax_mode":"inclusive","cash_rounding_minor":5,
            "taxes":[{"code":"A","label":"MwSt","rates":[{"label":"MwSt","rate":19000}]},
                {"code":"B","label":"MwSt","rates":[{"label":"a","rate":4000},{"label":"b","rate":3000}]},{"code":"Z","label":"-","rates":[]}],
            "items":[{"plu":"1","name":"Pen","price_minor":199,"tax":"A"},
                {"plu":"2","name":"Cheese","price_minor":1999,"tax":"B","sold_by":"weight"},
                {"plu":"3","name":"Stamp","price_minor":85,"tax":"Z"}]}"#;
        let (book, shift, random) = (PriceBook::parse(json.as_bytes()).unwrap(), Shift::default(), Seeded::new(seed));
        Scene { entries: Vec::new(), book, sales: Vec::new(), receipt_number: 0, shift, random }
    }

    /// `count` events of a till where nobody follows any plan.
    pub(super) fn random(seed: u64, count: usize) -> Scene {
        let mut scene = Scene::new(seed);
        for _ in 0..count {
            scene.anything();
        }
        scene
    }

    pub(super) fn entry(&mut self, kind: &str, body: String) {
        let (hash, sig) = (Hash::ZERO, Signature([0; 64]));
        self.entries.push(Entry {
            v: 1,
            till: "eu/DE-0417/2".parse().unwrap(),
            epoch: Epoch(uuid::Uuid::nil()),
            seq: self.entries.len() as u64 + 1,
            at: "2026-05-03T18:04:05+02:00".parse().unwrap(),
            business_day: "2026-05-03".parse().unwrap(),
            kind: kind.parse().unwrap(),
            body,
            prev: hash,
            hash,
            sig,
        });
        if let Ok(event) = crate::event::Event::of(self.entries.last().unwrap()) {
            // One test overflows it on purpose.
            self.shift.add(&event).ok();
        }
    }

    fn record(&mut self, kind: &str, body: &impl Serialize) {
        self.entry(kind, serde_json::to_string(body).unwrap());
    }

    fn next_receipt(&mut self) -> u64 {
        self.receipt_number += 1;
        self.receipt_number
    }

    fn currency(&self) -> Currency {
        self.book.terms.currency
    }

    pub(super) fn open_shift(&mut self, float_minor: i64) {
        let body = self.shift.open(self.currency(), float_minor, Some("9 Cem".to_owned())).unwrap();
        self.record(Kind::SHIFT_OPENED, &body);
    }

    /// Closes the shift with a count that is `off_minor` from what is expected.
    pub(super) fn close_shift(&mut self, off_minor: i64) {
        let there = self.shift.open_shift().unwrap().expected_minor().unwrap() + off_minor;
        let count = [Counted { value_minor: 1, pieces: u32::try_from(there.max(0)).unwrap() }];
        let body = self.shift.close(&count, None).unwrap();
        self.record(Kind::SHIFT_CLOSED, &body);
    }

    pub(super) fn movement(&mut self, direction: Direction, amount_minor: i64) {
        let body = self.shift.movement(direction, amount_minor, reason(), None).unwrap();
        self.record(Kind::CASH_MOVEMENT, &body);
    }

    pub(super) fn no_sale(&mut self) {
        self.record(Kind::NO_SALE, &NoSale { reason: reason(), cashier: None });
    }

    pub(super) fn close_day(&mut self) -> DayClosed {
        let body = Report::of(&self.entries).close("2026-05-03".parse().unwrap(), None).unwrap();
        self.record(Kind::DAY_CLOSED, &body);
        body
    }

    /// Sells (item, quantity), paid in one `tender`, or in all three.
    pub(super) fn sale(&mut self, goods: &[(usize, &str)], tender: &str, cashier: Option<&str>) {
        let mut basket = Basket::new(&self.book);
        for (item, quantity) in goods {
            basket
                .add(
                    &self.book,
                    &self.book.items()[*item],
                    Quantity::parse(quantity).unwrap(),
                    &"2026-05-03".parse().unwrap(),
                )
                .unwrap();
        }
        let due = basket.due_minor().unwrap();
        let reference = || "A1B2C3".parse().unwrap();
        let number = VoucherNumber::mint(self.random.up_to(9));
        match tender {
            "card" => basket.tender(Tender::Card { amount_minor: due, reference: reference() }).unwrap(),
            "voucher" => basket.tender(Tender::Voucher { amount_minor: due, number }).unwrap(),
            "all" if due > 60 => {
                basket.tender(Tender::Card { amount_minor: due / 3, reference: reference() }).unwrap();
                basket.tender(Tender::Voucher { amount_minor: due / 3, number }).unwrap();
                basket.tender(Tender::Cash { amount_minor: 5 }).unwrap();
                basket.tender(Tender::Cash { amount_minor: 1_000_000 }).unwrap();
            }
            _ => basket.tender(Tender::Cash { amount_minor: (due / 5 + 2) * 5 }).unwrap(),
        }
        let receipt_number = self.next_receipt();
        let sale = UnnumberedSale::of(&basket, cashier.map(str::to_owned)).unwrap().number(receipt_number);
        self.record(Kind::SALE, &sale);
        let till = "eu/DE-0417/2".parse().unwrap();
        self.sales.push((sale, Refunded::none(Original { till, receipt_number })));
    }

    /// Voids the last sale.
    pub(super) fn void(&mut self, cashier: Option<&str>) {
        let (sale, before) = self.sales.last().unwrap();
        let cards = sale.tenders.iter().filter(|tender| matches!(tender, Tender::Card { .. }));
        let references: Vec<_> = cards.map(|_| "REV1".parse().unwrap()).collect();
        let last = sale.receipt_number;
        let Ok(void) = UnnumberedVoid::of(sale, before, last, &references, reason(), cashier.map(str::to_owned)) else {
            return;
        };
        let void = void.number(self.next_receipt());
        self.record(Kind::VOID_SALE, &void);
        self.sales.last_mut().unwrap().1.add_void(&void);
    }

    /// Refunds (line, 1/1000) of a receipt, in cash.
    pub(super) fn refund(&mut self, receipt_number: u64, lines: &[(u32, i64)], cashier: Option<&str>) {
        let place = self.sales.iter().position(|(sale, _)| sale.receipt_number == receipt_number).unwrap();
        let (sale, before) = &self.sales[place];
        let of = |(line, milli): &(u32, i64)| Returned { line: *line, quantity: Quantity::from_milli(*milli).unwrap() };
        let returned: Vec<Returned> = lines.iter().map(of).collect();
        let Ok(draft) = RefundDraft::with_receipt(sale, before, &returned) else { return };
        self.settle(draft, cashier, Some(place));
    }

    fn settle(&mut self, draft: RefundDraft, cashier: Option<&str>, place: Option<usize>) {
        let (terms, total) = (self.book.terms.clone(), draft.total_minor());
        let given_back = match self.random.up_to(2) {
            1 if total > 0 && place.is_none() => {
                let last_day = "2029-12-31".parse().unwrap();
                GivenBack::Voucher { amount_minor: total, number: VoucherNumber::mint(self.random.up_to(9)), last_day }
            }
            _ => GivenBack::Cash { amount_minor: draft.cash_due_minor(&terms, 0).unwrap() },
        };
        let settled = draft.settle(&terms, vec![given_back], Some(reason()), cashier.map(str::to_owned)).unwrap();
        let refund = settled.number(self.next_receipt());
        self.record(Kind::REFUND, &refund);
        if let Some(place) = place {
            self.sales[place].1.add(&refund);
        }
    }

    fn anything(&mut self) {
        let cashier = [None, Some("7 Anna"), Some("8 Ben")][self.random.up_to(2) as usize];
        let is_open = self.shift.open_shift().is_ok();
        match self.random.up_to(29) {
            0 if is_open => {
                let off = self.random.up_to(400) as i64 - 200;
                self.close_shift(off);
            }
            0 | 1 if !is_open => {
                let float = self.random.up_to(30_000) as i64;
                self.open_shift(float);
            }
            1..=3 if !is_open => {
                self.close_day();
            }
            4..=6 if is_open => {
                let directions = [Direction::PaidIn, Direction::PaidOut, Direction::PickUp];
                let direction = directions[self.random.up_to(2) as usize];
                let amount = 1 + self.random.up_to(5_000) as i64;
                if self.shift.movement(direction, amount, reason(), None).is_ok() {
                    self.movement(direction, amount);
                }
            }
            7 => self.no_sale(),
            8 => self.entry(Kind::RECEIPT_COPY, r#"{"receipt_number":1,"job":2}"#.to_owned()),
            9 => self
                .entry(Kind::OVERRIDE, r#"{"act":"refund","cashier":"7 Anna","by":"9 Cem","reason":"ok"}"#.to_owned()),
            10 => self.entry("device_outcome", r#"{"device":"drawer"}"#.to_owned()),
            11 | 12 if !self.sales.is_empty() => self.void(cashier),
            13 | 14 => {
                let goods = [(&self.book.items()[1], Quantity::parse("0.317").unwrap())];
                let draft =
                    RefundDraft::without_receipt(&self.book.terms, &goods, &"2026-05-03".parse().unwrap()).unwrap();
                self.settle(draft, cashier, None);
            }
            15..=18 if !self.sales.is_empty() => {
                let place = self.random.up_to(self.sales.len() as u64 - 1) as usize;
                let number = self.sales[place].0.receipt_number;
                let milli = [1_000, 2_000, 150][self.random.up_to(2) as usize];
                self.refund(number, &[(1, milli)], cashier);
            }
            _ => self.any_sale(cashier),
        }
    }

    fn any_sale(&mut self, cashier: Option<&str>) {
        let mut goods = Vec::new();
        for _ in 0..=self.random.up_to(4) {
            let item = self.random.up_to(2) as usize;
            goods.push((
                item,
                if item == 1 { ["0.532", "1.2", "0.005"] } else { ["1", "2", "7"] }[self.random.up_to(2) as usize],
            ));
        }
        let tender = ["cash", "card", "voucher", "all"][self.random.up_to(3) as usize];
        self.sale(&goods, tender, cashier);
    }
}
