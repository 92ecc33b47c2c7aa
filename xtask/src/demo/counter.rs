//! The cashier of the demo: scans by the scanner's serial line, types weights, takes the money.

use super::api::{Act, Api, Basket, Sale};
use super::devices::Devices;
use super::programs::wait_for;
use super::shopping::{Customer, Pay, Pick};
use super::story::Story;
use anyhow::{Context, ensure};
use evertill_domain::catalogue::{Item, PriceBook};
use serde_json::json;
use std::time::Duration;

/// From the scanner's beep to the line on the screen, and from the payment to paper. A till takes milliseconds; a busy
/// build machine may take longer.
const SOON: Duration = Duration::from_secs(15);

/// What is in the drawer at first.
const FLOAT_MINOR: i64 = 15_000;
/// A customer who is old enough for wine.
const BIRTH_DATE: &str = "1980-05-03";

/// A cashier at a till.
pub struct Cashier<'a> {
    /// The till.
    pub api: &'a Api,
    /// What stands around it.
    pub devices: &'a Devices,
    /// What the shop sells.
    pub book: &'a PriceBook,
    /// Who is told.
    pub story: &'a Story,
    /// What was confirmed, oldest first.
    pub sold: Vec<Sale>,
}

impl Cashier<'_> {
    /// Anna signs on and counts the float into the drawer.
    pub fn begin(&self) -> anyhow::Result<()> {
        let _: Act = self.api.post("/v1/cashier/sign-on", &json!({"number": 1, "pin": "1111"}))?;
        let _: Act = self.api.post("/v1/shift/open", &json!({"float_minor": FLOAT_MINOR}))?;
        self.story.tell(&format!("Anna signs on and counts {} into the drawer.", euros(FLOAT_MINOR)));
        Ok(())
    }

    /// Serves one customer from the first item to the printed receipt.
    pub fn serve(&mut self, customer: &Customer) -> anyhow::Result<()> {
        self.story.step("a customer");
        let mut basket = self.basket()?;
        for pick in customer.picks {
            basket = self.pick(*pick, basket.due_minor)?;
        }
        let names: Vec<&str> = basket.lines.iter().map(|line| line.name.as_str()).collect();
        self.story.tell(&names.join(", "));
        if basket.age_to_confirm.is_some() {
            let _: Act = self.api.post("/v1/basket/age", &json!({"birth_date": BIRTH_DATE}))?;
            self.story.detail("the till asked for the customer's age before it took money");
        }
        let (body, paid) = match customer.pay {
            Pay::Cash(amount_minor) => (json!({"kind": "cash", "amount_minor": amount_minor}), "cash"),
            Pay::Card(reference) => {
                (json!({"kind": "card", "amount_minor": basket.due_minor, "reference": reference}), "card")
            }
        };
        let act: Act = self.api.post("/v1/basket/tender", &body)?;
        let sale = act.sale.context("a payment that covers the total completes the sale")?;
        let Sale { receipt_number, total_minor, change_minor } = sale.clone();
        self.sold.push(sale);
        let change = if change_minor > 0 { format!(", change {}", euros(change_minor)) } else { String::new() };
        self.story.detail(&format!("receipt {receipt_number}: {} by {paid}{change}", euros(total_minor)));
        let printed = self.sold.len();
        wait_for("the receipt's print", SOON, || Ok((self.devices.receipts() >= printed).then_some(())))
    }

    /// A misread barcode: said at the till, and nothing is added.
    pub fn misread(&self) -> anyhow::Result<String> {
        let wrong = "4012345002677";
        let refusal = self.api.post::<Act>("/v1/basket/scan", &json!({"code": wrong})).err();
        let refusal = refusal.context("a wrong check digit must be refused")?;
        ensure!(self.basket()?.lines.is_empty(), "a refused scan must add nothing");
        Ok(format!("{refusal:#}"))
    }

    /// Brings one item to the till, and gives the basket once it costs more than before.
    fn pick(&self, pick: Pick, due_before_minor: i64) -> anyhow::Result<Basket> {
        match pick {
            Pick::Scan(name) => {
                let gtin = self.item(name)?.gtins.first().map(ToString::to_string);
                let code = match gtin {
                    // The shelf's label is an EAN-13; a GTIN has 14 digits.
                    Some(gtin) => gtin[1..].to_owned(),
                    None => self.item(name)?.code(),
                };
                self.devices.scan(&code)?;
            }
            Pick::Weigh(grams, name) => {
                let code = format!("{}.{:03}*{}", grams / 1_000, grams % 1_000, self.item(name)?.code());
                let _: Act = self.api.post("/v1/basket/scan", &json!({"code": code}))?;
            }
        }
        let added = || Ok(Some(self.basket()?).filter(|basket| basket.due_minor > due_before_minor));
        wait_for("the scanned item's line", SOON, added)
    }

    fn basket(&self) -> anyhow::Result<Basket> {
        self.api.get("/v1/basket")
    }

    fn item(&self, name: &str) -> anyhow::Result<&Item> {
        let found = self.book.items().iter().find(|item| item.name == name);
        found.with_context(|| format!("demo/price-book-eu.json has no item named {name}"))
    }
}

/// An amount as a person reads it.
fn euros(minor: i64) -> String {
    format!("€ {}.{:02}", minor / 100, minor % 100)
}
