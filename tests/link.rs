//! The link and the synchronisation against servers that are foreign, hostile, broken or gone: real TLS on loopback.
//! Every answer is capped, classed, and believed only when it is the region's; whatever it is, the till sells.
#![allow(clippy::unwrap_used, clippy::panic)] // a failed test is a panic

#[path = "link/answers.rs"]
mod answers;
#[path = "link/certificates.rs"]
mod certificates;
#[path = "link/hostile.rs"]
mod hostile;
#[path = "link/outages.rs"]
mod outages;
#[path = "link/patience.rs"]
mod patience;
#[path = "link/price_books.rs"]
mod price_books;
#[path = "support/publishing.rs"]
mod publishing;
#[path = "link/receipts.rs"]
mod receipts;
#[path = "link/region.rs"]
mod region;
#[path = "link/server.rs"]
mod server;
#[path = "link/till.rs"]
mod till;
