//! Head office's pages as an operator sees them: signed on by keys, looked through by links, and judged by axe-core.

use crate::axe::{judge, source};
use crate::chromium::{Chromium, ENTER};
use crate::publishing::PASSWORD;
use crate::world::{World, sell};
use std::time::Duration;

/// So often pages look for something new.
const FRESH: Duration = Duration::from_secs(30);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_operator_finds_the_way_and_axe_finds_nothing_serious() {
    let (axe, mut world) = (source(), World::new().await);
    let till = world.start_till().await;
    world.wait_for(&till, "the price book", |status| status.price_book_version > 0).await;
    sell(&till, "office", "4012345002676").await;
    let browser = Chromium::start(world.folder.path()).await;
    let office = world.office(0);
    browser.goto(&office).await;
    browser.until_there("#name").await;
    let mut found = judge(&browser, &axe, "sign-on").await;
    browser.click("#name").await;
    browser.keys("publisher").await;
    browser.click("#password").await;
    browser.keys(PASSWORD).await;
    browser.key(ENTER).await;
    browser.until_shown("main", "DE-0417").await;
    found.extend(judge(&browser, &axe, "fleet").await);
    // It keeps itself fresh: what is there now is taken for another.
    browser.eval("document.querySelector('#live').dataset.old = 'yes'").await;
    tokio::time::sleep(FRESH).await;
    browser.until("document.querySelector('#live:not([data-old])')").await;
    browser.until_shown("#live", "DE-0417").await;
    browser.click("a[href='/stores/DE-0417']").await;
    browser.until_shown("main", "Last heard").await;
    found.extend(judge(&browser, &axe, "store").await);
    browser.click("a[href='/completeness']").await;
    browser.until_there("input[name=store]").await;
    found.extend(judge(&browser, &axe, "completeness").await);
    browser.goto(&format!("{office}/completeness?store=DE-0417")).await;
    browser.until_shown("main", "Missing").await;
    found.extend(judge(&browser, &axe, "completeness of a store").await);
    browser.click("a[href='/publications']").await;
    browser.until_shown("main", "price-book").await;
    found.extend(judge(&browser, &axe, "publications").await);
    browser.click("a[href='/audit']").await;
    browser.until_shown("main", "published").await;
    found.extend(judge(&browser, &axe, "audit log").await);
    assert!(found.is_empty(), "{found:#?}");
    browser.finish(&office, &[]).await;
}
