//! The till dies in the middle of a basket: the page says so, and the basket is there after the restart.

use crate::chromium::{ENTER, f_key};
use crate::page::Page;
use crate::shop::EUROPE;

/// What Chromium and htmx write on the console while nobody answers.
pub const NOBODY_ANSWERS: [&str; 3] = ["net::ERR_", "htmx:sendError", "htmx:afterRequest"];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crash_is_said_and_loses_no_basket() {
    let mut page = Page::selling(EUROPE).await;
    page.enter(&format!("3*{}", page.shop.yoghurt)).await;
    page.browser.until_shown(".line .note", "3 for 2").await;
    let due = page.browser.shown(".due dd").await;
    page.browser.until_focused("entry").await;

    page.world.kill_till();
    page.browser.until_shown("#silence", "Die Kasse antwortet nicht").await;
    // What is typed into silence is not sent, and says nothing but that.
    page.browser.keys(page.shop.milk).await;
    page.browser.key(ENTER).await;
    page.browser.key(f_key(9)).await;
    page.browser.until("!document.getElementById('silence').hidden").await;

    page.till = page.world.start_till().await;
    page.browser.until("document.getElementById('silence').hidden").await;
    page.sign_on("1", "111").await;
    page.browser.until_shown(".line .note", "3 for 2").await;
    page.until_due(&due).await;
    assert_eq!(page.browser.count(".line").await, 1);
    page.browser.until_focused("entry").await;
    page.browser.key(f_key(9)).await;
    page.browser.until_shown(".sold .gigantic", &due).await;
    assert_eq!(page.entries_of("sale").len(), 1);
    page.finish(&NOBODY_ANSWERS).await;
}
