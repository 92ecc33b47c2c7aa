//! What the customers of the demo buy and how they pay. Names are those of demo/price-book-eu.json.

/// How a line comes to the till.
#[derive(Debug, Clone, Copy)]
pub enum Pick {
    /// Its barcode is read by the scanner.
    Scan(&'static str),
    /// Weighed, and typed as `weight*PLU`: the weight in grams.
    Weigh(u32, &'static str),
}

/// How the customer pays.
#[derive(Debug, Clone, Copy)]
pub enum Pay {
    /// With notes and coins of so many cents.
    Cash(i64),
    /// By card; the terminal's authorisation reference.
    Card(&'static str),
}

/// One customer.
#[derive(Debug, Clone, Copy)]
pub struct Customer {
    /// What they buy.
    pub picks: &'static [Pick],
    /// How they pay.
    pub pay: Pay,
}

use Pick::{Scan, Weigh};

/// While all is well.
pub const MORNING: [Customer; 3] = [
    Customer {
        picks: &[
            Scan("Brötchen Laugen 6 Stück"),
            Scan("Butter mildgesäuert 250 g"),
            Scan("Kaffee Crema 500 g"),
            Scan("Frische Vollmilch 3,5 % 1 L"),
        ],
        pay: Pay::Cash(2_000),
    },
    Customer {
        picks: &[
            Scan("Pasta Spaghetti 500 g"),
            Scan("Tomatensauce Arrabbiata 350 g"),
            Weigh(342, "Bergkäse kg"),
            Weigh(815, "Tomaten Rispe kg"),
            Scan("Wein Merlot 0,75 L"),
        ],
        pay: Pay::Card("AUTH-204417"),
    },
    Customer { picks: &[Scan("Mineralwasser Medium 1 L"), Scan("Chips Paprika 175 g")], pay: Pay::Cash(268) },
];

/// While the first location is gone.
pub const ONE_GONE: [Customer; 2] = [
    Customer {
        picks: &[Scan("Waschmittel Color 20 WL"), Scan("Papier Küche 4 Rollen"), Scan("Tragetasche Papier")],
        pay: Pay::Cash(5_000),
    },
    Customer {
        picks: &[Scan("Joghurt Heidelbeere 150 g"), Scan("Joghurt Heidelbeere 150 g"), Scan("Müsli Crunchy 750 g")],
        pay: Pay::Card("AUTH-204433"),
    },
];

/// While no location answers.
pub const OFFLINE: [Customer; 3] = [
    Customer {
        picks: &[Weigh(1_250, "Äpfel Elstar kg"), Scan("Eier Freiland 10 Stück"), Scan("Mehl Weizen 405 1 kg")],
        pay: Pay::Cash(1_000),
    },
    Customer {
        picks: &[
            Scan("Bier Helles 0,5 L"),
            Scan("Bier Helles 0,5 L"),
            Scan("Bier Weizen 0,5 L"),
            Scan("Wurst Bratwurst 400 g"),
        ],
        pay: Pay::Card("AUTH-204451"),
    },
    Customer { picks: &[Scan("Schokolade Marzipan 100 g")], pay: Pay::Cash(200) },
];

/// Once everything is back.
pub const EVENING: [Customer; 1] = [Customer {
    picks: &[Scan("Pizza Margherita 350 g"), Scan("Eis Vanille 900 ml"), Scan("Batterien AA 4 Stück")],
    pay: Pay::Cash(1_500),
}];

/// Every customer of the demo.
pub fn everyone() -> impl Iterator<Item = &'static Customer> {
    MORNING.iter().chain(&ONE_GONE).chain(&OFFLINE).chain(&EVENING)
}
