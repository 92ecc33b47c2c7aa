//! The cashier's page in real Chromium: a real till behind it, both locations of head office, a printer and a scanner.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic)] // a failed test is a panic

#[path = "browser/axe.rs"]
mod axe;
#[path = "browser/chromium.rs"]
mod chromium;
#[path = "browser/crash.rs"]
mod crash;
#[path = "browser/day.rs"]
mod day;
#[path = "browser/keyboard.rs"]
mod keyboard;
#[path = "browser/office.rs"]
mod office;
#[path = "browser/outage.rs"]
mod outage;
#[path = "browser/page.rs"]
mod page;
#[path = "support/publishing.rs"]
mod publishing;
#[path = "browser/shop.rs"]
mod shop;
#[path = "browser/windows.rs"]
mod windows;
#[allow(dead_code)] // the selling tests use the rest of it
#[path = "selling/world.rs"]
mod world;
