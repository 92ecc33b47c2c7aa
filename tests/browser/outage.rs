//! Head office goes and comes back in the middle of a shift: the strip says so, and selling goes on.

use crate::chromium::{ESCAPE, f_key};
use crate::page::Page;
use crate::shop::EUROPE;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_outage_is_said_and_stops_no_sale() {
    let mut page = Page::selling(EUROPE).await;
    page.browser.until_shown("#strip .good", "Online").await;
    sell_milk(&page).await;
    page.world.wait_until_delivered(&page.till).await;
    page.browser.until_shown("#strip", "Nicht gesendet: 0").await;

    for index in 0..2 {
        page.world.stop_location(index).await;
    }
    // A till with nothing to send has nothing to notice.
    sell_milk(&page).await;
    page.world.wait_for(&page.till, "offline", |status| !status.sync.online).await;
    let since = page.till.status().await.unwrap().sync.since;
    page.browser.until_shown("#strip .warn", &format!("Offline seit {}", &since[11..16])).await;
    let mut unsent_before = 0;
    for _ in 0..2 {
        sell_milk(&page).await;
        let shown = r"Number(document.querySelector('#strip').innerText.match(/Nicht gesendet: (\d+)/)[1])";
        page.browser.until(&format!("{shown} > {unsent_before}")).await;
        unsent_before = page.browser.eval(shown).await.as_i64().unwrap();
    }

    for index in 0..2 {
        page.world.start_location(index).await;
    }
    page.world.wait_until_delivered(&page.till).await;
    page.browser.until_shown("#strip .good", "Online").await;
    page.browser.until_shown("#strip .good", "Nicht gesendet: 0").await;
    sell_milk(&page).await;
    page.world.wait_until_delivered(&page.till).await;
    assert_eq!(page.entries_of("sale").len(), 5);
    page.world.check_locations().await;
    page.finish(&[]).await;
}

/// Scanned, and paid with the exact key.
async fn sell_milk(page: &Page) {
    page.enter(page.shop.milk).await;
    page.browser.until_shown(".line", "Milk").await;
    page.browser.until_focused("entry").await;
    page.browser.key(f_key(9)).await;
    page.browser.until_there(".sold").await;
    page.browser.key(ESCAPE).await;
    page.browser.until("!document.querySelector('.sold')").await;
}
