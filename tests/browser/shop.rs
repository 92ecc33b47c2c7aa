//! Two shops: one in Frankfurt with prices that hold the VAT, one in New York with a stacked sales tax on top.

use argon2::password_hash::PasswordHasher;
use argon2::{Argon2, Params};
use serde_json::{Value, json};

/// A shop and what one day in it comes to, worked out by hand.
pub struct Shop {
    /// Its till.
    pub till: &'static str,
    /// The codes that the day uses.
    pub milk: &'static str,
    pub yoghurt: &'static str,
    pub candle: &'static str,
    pub wine: &'static str,
    /// The float as the cashier types it.
    pub float: &'static str,
    /// What the page shows in the course of the day.
    pub saving: &'static str,
    pub mixed_total: &'static str,
    pub discounted_total: &'static str,
    pub candle_total: &'static str,
    pub wine_total: &'static str,
    /// The birth date in the store's order of fields.
    pub born: [&'static str; 3],
    /// The note that pays the discounted basket, as its key hands it back, and the change.
    pub note: &'static str,
    pub change: &'static str,
    /// Pieces of notes and coins in the drawer at the end, by their worth in minor units.
    pub count: &'static [(i64, u32)],
    /// The row of the Z report with the turnover.
    pub turnover: &'static str,
    pub decimal_mark: char,
    currency: &'static str,
    locale: &'static str,
    tax_mode: &'static str,
    age_years: u8,
}

/// VAT of 7 % (milk, yoghurt) and 19 % in the price. Mixed: 1.29 + 4 * 0.59 - 0.59 = 3.06; 10 % off are 0.31.
pub const EUROPE: Shop = Shop {
    till: "eu/DE-0417/2",
    milk: "4012345002676",
    yoghurt: "4012345003024",
    candle: "4012345003864",
    wine: "4012345004076",
    float: "100,00",
    saving: "0,59",
    mixed_total: "3,06 €",
    discounted_total: "2,75 €",
    candle_total: "5,00 €",
    wine_total: "12,99 €",
    born: ["1", "2", "1980"],
    note: "5,00",
    change: "2,25 €",
    count: &[(5_000, 2), (200, 1), (50, 1), (20, 1), (5, 1)],
    turnover: "UMSATZ EUR",
    decimal_mark: ',',
    currency: "EUR",
    locale: "de-DE",
    tax_mode: "inclusive",
    age_years: 18,
};

/// 4 + 4.5 + 0.375 % on candle and wine, none on food. Mixed: 1.29 + 4 * 0.59 - 0.59 = 3.06; 10 % off are 0.31. Candle:
/// 5.00 * 8.875 % = 0.44; wine: 12.99 * 8.875 % = 1.15.
pub const NORTH_AMERICA: Shop = Shop {
    till: "na/US-0100/1",
    milk: "041220000630",
    yoghurt: "041220001057",
    candle: "041220000913",
    wine: "041220000982",
    float: "100.00",
    saving: "0.59",
    mixed_total: "$3.06",
    discounted_total: "$2.75",
    candle_total: "$5.44",
    wine_total: "$14.14",
    born: ["2", "1", "1980"],
    note: "5.00",
    change: "$2.25",
    count: &[(5_000, 2), (200, 1), (50, 1), (25, 1)],
    turnover: "TURNOVER USD",
    decimal_mark: '.',
    currency: "USD",
    locale: "en-US",
    tax_mode: "exclusive",
    age_years: 21,
};

impl Shop {
    /// Its price book. Cashiers: 1 Anna, 2 Ben the supervisor, 3 Cem the manager; their PINs are 111, 222, 333.
    pub fn price_book(&self) -> Value {
        let taxes = match self.tax_mode {
            "inclusive" => json!([
                { "code": "F", "label": "MwSt", "rates": [{ "label": "MwSt 7 %", "rate": 7_000 }] },
                { "code": "T", "label": "MwSt", "rates": [{ "label": "MwSt 19 %", "rate": 19_000 }] },
            ]),
            _ => json!([
                { "code": "F", "label": "Food, exempt", "rates": [] },
                { "code": "T", "label": "Sales tax", "rates": [
                    { "label": "NY State", "rate": 4_000 },
                    { "label": "New York City", "rate": 4_500 },
                    { "label": "MCTD", "rate": 375 },
                ]},
            ]),
        };
        let item = |gtin: &str, name: &str, department: &str, price_minor: i64, tax: &str| {
            json!({
                "gtins": [gtin], "name": name, "department": department, "price_minor": price_minor, "tax": tax,
            })
        };
        let mut wine = item(self.wine, "Wine", "Wine", 1_299, "T");
        wine["age_years"] = self.age_years.into();
        json!({
            "version": 1,
            "store": { "name": "Corner", "locale": self.locale },
            "currency": self.currency,
            "tax_mode": self.tax_mode,
            "taxes": taxes,
            "cashiers": [cashier(1, "Anna", "cashier"), cashier(2, "Ben", "supervisor"), cashier(3, "Cem", "manager")],
            "departments": [
                { "name": "Dairy", "keys": [self.milk, self.yoghurt] },
                { "name": "Home", "keys": [self.candle] },
            ],
            "promotions": [
                { "id": "P1", "name": "3 for 2", "kind": "n_for_m", "take": 3, "pay": 2, "items": [self.yoghurt] },
            ],
            "items": [
                item(self.milk, "Milk", "Dairy", 129, "F"),
                item(self.yoghurt, "Yoghurt", "Dairy", 59, "F"),
                item(self.candle, "Candle", "Home", 500, "T"),
                wine,
            ],
        })
    }
}

fn cashier(number: u32, name: &str, role: &str) -> Value {
    // A hash that costs nothing: what the till does with it is the same.
    let cheap = Params::new(32, 1, 1, None).unwrap();
    let pin = format!("{number}{number}{number}");
    let hash = Argon2::from(cheap).hash_password(pin.as_bytes()).unwrap().to_string();
    json!({ "number": number, "name": name, "role": role, "pin_hash": hash })
}
