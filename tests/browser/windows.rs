//! Two windows, two clicks, and the way back.

use crate::chromium::f_key;
use crate::page::Page;
use crate::shop::EUROPE;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_windows_show_one_basket_and_two_clicks_are_one_sale() {
    let page = Page::selling(EUROPE).await;
    let browser = &page.browser;
    let first = browser.client.window().await.unwrap();
    let second = browser.client.new_window(false).await.unwrap().handle;
    browser.client.switch_to_window(second.clone()).await.unwrap();
    browser.goto(&page.address()).await;
    page.enter(page.shop.milk).await;
    browser.until_shown(".line", "Milk").await;

    browser.client.switch_to_window(first.clone()).await.unwrap();
    browser.until_shown(".line", "Milk").await;
    page.enter(page.shop.candle).await;
    browser.until_shown(".line", "Candle").await;
    let due = browser.shown(".due dd").await;

    browser.client.switch_to_window(second.clone()).await.unwrap();
    page.until_due(&due).await;
    browser.until_focused("entry").await;
    browser.key(f_key(10)).await;
    browser.until_there(".notes button.primary").await;
    browser.until("!document.querySelector('.busy')").await;
    // Two clicks of the mouse in one go, faster than any answer.
    browser.eval("(one => { one.click(); one.click(); })(document.querySelector('.notes button.primary'))").await;
    browser.until_shown(".sold .gigantic", &due).await;

    browser.client.switch_to_window(first).await.unwrap();
    browser.until("!document.querySelector('.line')").await;
    assert_eq!(page.entries_of("sale").len(), 1);
    page.finish(&[]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_back_button_repeats_nothing() {
    let page = Page::selling(EUROPE).await;
    let browser = &page.browser;
    // Arrived at by a link of another page, so that there is somewhere to go back to.
    browser.goto(&format!("{}?again", page.address())).await;
    page.enter(page.shop.milk).await;
    browser.until_shown(".line", "Milk").await;
    browser.until_focused("entry").await;
    browser.key(f_key(9)).await;
    browser.until_there(".sold").await;
    for _ in 0..2 {
        browser.client.back().await.unwrap();
        browser.client.forward().await.unwrap();
    }
    browser.client.back().await.unwrap();
    browser.goto(&page.address()).await;
    browser.until_focused("entry").await;
    assert_eq!(browser.count(".line").await, 0);
    assert_eq!(page.entries_of("sale").len(), 1);
    page.enter(page.shop.candle).await;
    browser.until_shown(".line", "Candle").await;
    page.finish(&[]).await;
}
