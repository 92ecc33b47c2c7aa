//! A cashier at the page of one shop's till.

use crate::chromium::{Chromium, ENTER};
use crate::shop::Shop;
use crate::world::World;
use evertill::http::client::Client;
use evertill_domain::entry::Entry;

/// A shop with its till running and its page open.
pub struct Page {
    pub browser: Chromium,
    pub world: World,
    pub till: Client,
    pub shop: Shop,
    books: tempfile::TempDir,
}

impl Page {
    /// The page with nobody signed on, and everything else ready.
    pub async fn open(shop: Shop) -> Page {
        let books = tempfile::tempdir().unwrap();
        let book = books.path().join("price-book.json");
        std::fs::write(&book, shop.price_book().to_string()).unwrap();
        let mut world = World::of(shop.till, book).await;
        let till = world.start_till().await;
        world.wait_for(&till, "the price book", |status| status.price_book_version > 0).await;
        world.wait_for(&till, "the scanner", |status| status.devices.scanner.state == "ready").await;
        let browser = Chromium::start(books.path()).await;
        let page = Page { browser, world, till, shop, books };
        page.browser.goto(&page.address()).await;
        page
    }

    /// The page with Anna signed on and a shift open.
    pub async fn selling(shop: Shop) -> Page {
        Page::open(shop).await.signed_on().await
    }

    /// The same page, with Anna signed on and a shift open.
    pub async fn signed_on(self) -> Page {
        let page = self;
        page.sign_on("1", "111").await;
        page.browser.until_focused("float").await;
        page.browser.keys(page.shop.float).await;
        page.browser.key(ENTER).await;
        page.browser.until_focused("entry").await;
        page
    }

    pub fn origin(&self) -> String {
        format!("http://{}", self.world.api)
    }

    pub fn address(&self) -> String {
        format!("{}/counter", self.origin())
    }

    pub async fn sign_on(&self, number: &str, pin: &str) {
        self.browser.until_focused("cashier").await;
        self.browser.keys(number).await;
        self.browser.key(ENTER).await;
        self.browser.until_focused("pin").await;
        self.browser.keys(pin).await;
        self.browser.key(ENTER).await;
    }

    /// Types into the entry field, as a person.
    pub async fn enter(&self, text: &str) {
        self.browser.until_focused("entry").await;
        self.browser.keys(text).await;
        self.browser.key(ENTER).await;
    }

    /// A second person allows what the dialog asks for.
    pub async fn allow(&self, number: &str, pin: &str) {
        self.browser.until_focused("supervisor").await;
        self.browser.keys(number).await;
        self.browser.key(ENTER).await;
        self.browser.until_focused("override-pin").await;
        self.browser.keys(pin).await;
        self.browser.key(ENTER).await;
        self.browser.until("!document.querySelector('[role=dialog]')").await;
    }

    /// Opens something of the menu.
    pub async fn menu(&self, panel: &str) {
        self.browser.click("a[href='/counter/view?panel=menu']").await;
        self.browser.click(&format!(".menu a[href='/counter/view?panel={panel}']")).await;
    }

    pub async fn until_due(&self, amount: &str) {
        self.browser.until_shown(".due dd", amount).await;
    }

    /// Entries of one kind, oldest first.
    pub fn entries_of(&self, kind: &str) -> Vec<serde_json::Value> {
        let body = |entry: &Entry| serde_json::from_str(&entry.body).unwrap();
        self.world.entries().iter().filter(|entry| entry.kind.as_str() == kind).map(body).collect()
    }

    /// Nothing on the console, nothing that left the machine, and a whole journal.
    pub async fn finish(self, expected: &[&str]) {
        let verify = self.world.command().args(["journal", "verify"]).output().unwrap();
        assert!(verify.status.success(), "{}", String::from_utf8_lossy(&verify.stdout));
        let origin = self.origin();
        self.browser.finish(&origin, expected).await;
        drop(self.books);
    }
}
