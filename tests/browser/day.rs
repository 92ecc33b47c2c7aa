//! A whole day in each region: from the float to the Z report, as the cashier, the supervisor and the manager do it.

use crate::chromium::{ENTER, ESCAPE, f_key};
use crate::page::Page;
use crate::shop::{EUROPE, NORTH_AMERICA, Shop};
use serde_json::Value;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_whole_day_in_europe() {
    a_whole_day(EUROPE).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_whole_day_in_north_america() {
    a_whole_day(NORTH_AMERICA).await;
}

async fn a_whole_day(shop: Shop) {
    let mut page = Page::selling(shop).await;
    fill_a_basket(&mut page).await;
    sell_beside_it(&page).await;
    recall_and_take_a_note(&page).await;
    sell_wine_by_card(&page).await;
    refund_the_candle(&page).await;
    open_the_drawer(&page).await;
    read_the_x_report(&page).await;
    close_the_shift(&page).await;
    close_the_day(&page).await;
    page.finish(&[]).await;
}

/// Milk by the serial scanner, yoghurt typed, a candle from its key and taken back, one more yoghurt, 10 % off.
async fn fill_a_basket(page: &mut Page) {
    page.world.scanner.scan(page.shop.milk).unwrap();
    let (shop, browser) = (&page.shop, &page.browser);
    browser.until_shown(".line", "Milk").await;
    page.enter(&format!("3*{}", shop.yoghurt)).await;
    browser.until_shown(".line .note", "3 for 2").await;
    browser.until_shown(".line .note", shop.saving).await;

    browser.click("a[href='/counter/view?panel=keys&tab=1']").await;
    browser.click(&format!(".keys button[value$='{}']", shop.candle)).await;
    browser.until_shown(".line", "Candle").await;
    browser.click("#lines li:nth-child(3) a").await;
    browser.click("form[action='/counter/void-line'] button").await;
    browser.until_shown(".line.void", "Candle").await;

    // The last line that is not taken back.
    browser.key(f_key(4)).await;
    browser.until_focused("quantity").await;
    browser.keys("4").await;
    browser.key(ENTER).await;
    page.until_due(shop.mixed_total).await;

    browser.until_focused("entry").await;
    browser.key(f_key(8)).await;
    browser.until_focused("value").await;
    browser.keys("10").await;
    browser.key(ENTER).await;
    page.until_due(shop.discounted_total).await;
}

/// The basket is put aside for a customer who has the money ready: the exact key.
async fn sell_beside_it(page: &Page) {
    let (shop, browser) = (&page.shop, &page.browser);
    browser.until_focused("entry").await;
    browser.key(f_key(6)).await;
    browser.until("!document.querySelector('.line')").await;
    page.enter(shop.candle).await;
    page.until_due(shop.candle_total).await;
    browser.until_focused("entry").await;
    browser.key(f_key(9)).await;
    browser.until_shown(".sold .gigantic", shop.candle_total).await;
    assert_eq!(browser.count("#change").await, 0, "exact is exact");
    browser.key(ESCAPE).await;
    browser.until("!document.querySelector('.sold')").await;
}

async fn recall_and_take_a_note(page: &Page) {
    let (shop, browser) = (&page.shop, &page.browser);
    browser.key(f_key(6)).await;
    browser.click("form[action='/counter/recall'] button").await;
    page.until_due(shop.discounted_total).await;
    assert_eq!(browser.count(".line").await, 3);
    browser.key(f_key(10)).await;
    browser.click(&format!(".notes button[value='{}']", shop.note)).await;
    browser.until_shown("#change", shop.change).await;
    browser.click(".sold a.primary").await;
    browser.until("!document.querySelector('.sold')").await;
}

async fn sell_wine_by_card(page: &Page) {
    let (shop, browser) = (&page.shop, &page.browser);
    page.enter(shop.wine).await;
    browser.until_shown("[role=dialog]", "Wine").await;
    for part in shop.born {
        browser.keys(part).await;
        browser.key(ENTER).await;
    }
    browser.until("!document.querySelector('[role=dialog]')").await;
    page.until_due(shop.wine_total).await;
    browser.until_focused("entry").await;
    browser.key(f_key(10)).await;
    browser.click("#card-reference").await;
    browser.keys("A1234").await;
    browser.key(ENTER).await;
    browser.until_shown(".sold .gigantic", shop.wine_total).await;
    browser.key(ESCAPE).await;
    browser.until("!document.querySelector('.sold')").await;
}

/// The first receipt comes back, and a supervisor allows it.
async fn refund_the_candle(page: &Page) {
    let (shop, browser) = (&page.shop, &page.browser);
    page.menu("refund").await;
    browser.until_focused("receipt").await;
    browser.keys("1").await;
    browser.key(ENTER).await;
    browser.until_focused("take_1").await;
    browser.click("button[data-fill=take_1]").await;
    browser.click("form[action='/counter/refund'] button.primary").await;
    page.allow("2", "222").await;
    browser.until_shown(".notice.good", shop.candle_total).await;
}

async fn open_the_drawer(page: &Page) {
    let kicks = page.world.printer.pulses().len();
    page.menu("no-sale").await;
    page.browser.until_focused("no-sale-reason").await;
    page.browser.keys("change for the bus").await;
    page.browser.key(ENTER).await;
    page.allow("2", "222").await;
    page.browser.until_there(".notice.good").await;
    page.world.wait_until_kicked(kicks + 1).await;
}

async fn read_the_x_report(page: &Page) {
    // A cashier does not read the totals; a supervisor lets them be printed.
    page.menu("x-report").await;
    page.allow("2", "222").await;
    page.browser.until_there(".notice.good").await;
}

/// The count is blind, and right.
async fn close_the_shift(page: &Page) {
    page.menu("close-shift").await;
    page.browser.until_there("#close-form").await;
    let seen = page.browser.shown("#main").await;
    assert!(!seen.contains(&format!("102{}75", page.shop.decimal_mark)), "the count is blind: {seen}");
    for (worth, pieces) in page.shop.count {
        page.browser.click(&format!("#count_{worth}")).await;
        page.browser.keys(&pieces.to_string()).await;
    }
    page.browser.click("#close-form button.primary").await;
    page.browser.until_there(".huge.good").await;
}

/// The Z report says what the journal says, added up by other hands.
async fn close_the_day(page: &Page) {
    let browser = &page.browser;
    browser.click("form[action='/counter/close-day'] button").await;
    page.allow("3", "333").await;
    browser.until_there("form[action='/counter/z-copy']").await;
    let total = |kind: &str| -> i64 {
        page.entries_of(kind).iter().map(|body: &Value| body["total_minor"].as_i64().unwrap()).sum()
    };
    let turnover_minor = total("sale") - total("refund");
    let turnover = format!("{}{}{:02}", turnover_minor / 100, page.shop.decimal_mark, turnover_minor % 100);
    let row = format!("{} {turnover}", page.shop.turnover);
    browser.until_shown(".report tr", &row).await;
    assert_eq!(page.entries_of("sale").len(), 3);
    assert_eq!(page.entries_of("refund").len(), 1);
    assert_eq!(page.entries_of("override").len(), 4, "refund, drawer, X report, Z report");
    assert_eq!(page.entries_of("day_closed").len(), 1);
}
