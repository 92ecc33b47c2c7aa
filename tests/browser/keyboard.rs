//! Hands on the keyboard only; scanners that type, and one on a serial line.

use crate::chromium::{ARROW_UP, ENTER, ESCAPE, f_key};
use crate::crash::NOBODY_ANSWERS;
use crate::page::Page;
use crate::shop::NORTH_AMERICA;
use evertill_hal::emulator::Faults;
use std::time::Duration;

/// The pace of a presentation scanner at its best: 20 codes a second.
const BETWEEN_SCANS: Duration = Duration::from_millis(50);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sale_needs_no_click() {
    let page = Page::selling(NORTH_AMERICA).await;
    let browser = &page.browser;
    // By code, by number * code, and by words of which the first hit is taken with Enter.
    page.enter(page.shop.milk).await;
    browser.until_shown(".line", "Milk").await;
    page.enter(&format!("2*{}", page.shop.yoghurt)).await;
    browser.until_shown(".line", "Yoghurt").await;
    page.enter("candle").await;
    browser.until("document.activeElement.matches('.list button')").await;
    browser.key(ENTER).await;
    browser.until_shown(".line", "Candle").await;
    // Up from the entry field is the last line; Enter opens it.
    browser.until_focused("entry").await;
    browser.key(ARROW_UP).await;
    browser.until("document.activeElement.matches('#lines a')").await;
    browser.key(ENTER).await;
    browser.until_focused("quantity").await;
    browser.key(ESCAPE).await;
    browser.until_focused("entry").await;
    browser.key(f_key(10)).await;
    browser.until_focused("cash-amount").await;
    browser.keys("20").await;
    browser.key(ENTER).await;
    browser.until_there("#change").await;
    browser.key(ESCAPE).await;
    browser.until_focused("entry").await;
    assert_eq!(page.entries_of("sale").len(), 1);
    page.finish(&[]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_barcode_scanned_into_the_quantity_goes_to_the_basket() {
    let page = Page::selling(NORTH_AMERICA).await;
    let browser = &page.browser;
    browser.wedge(page.shop.milk).await;
    browser.until_shown(".line", "Milk").await;
    browser.until_focused("entry").await;
    browser.key(f_key(4)).await;
    browser.until_focused("quantity").await;
    browser.wedge(page.shop.candle).await;
    browser.until_shown(".line", "Candle").await;
    let quantities = "[...document.querySelectorAll('.line .quantity')].map(one => one.innerText).join()";
    assert_eq!(browser.eval(quantities).await, "1,1");
    // The same code typed by a person is a quantity, an absurd one: said, and nothing is changed.
    browser.until_focused("entry").await;
    browser.key(f_key(4)).await;
    browser.until_focused("quantity").await;
    browser.keys(page.shop.milk).await;
    browser.key(ENTER).await;
    browser.until_there(".notice.refused").await;
    assert_eq!(browser.eval(quantities).await, "1,1");
    page.finish(&[]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_scanner_on_the_line_reads_in_vain_is_said_and_a_receipt_begins_a_refund() {
    let mut page = Page::selling(NORTH_AMERICA).await;
    page.enter(page.shop.milk).await;
    page.browser.until_shown(".line", "Milk").await;
    page.browser.key(f_key(9)).await;
    page.browser.until_there(".sold").await;
    page.world.scanner.scan("no such thing").unwrap();
    page.browser.until_shown(".notice.refused", "no such thing").await;
    page.world.scanner.scan("R1-00000001").unwrap();
    page.browser.until_there("#take_1").await;
    assert_eq!(page.entries_of("sale").len(), 1);
    page.finish(&[]).await;
}

/// What the page shows of the basket.
const NAMES: &str = "[...document.querySelectorAll('.line .name')].map(one => one.innerText).join()";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twenty_codes_in_a_second_all_arrive_and_in_order() {
    let mut page = Page::selling(NORTH_AMERICA).await;
    let codes = [page.shop.milk, page.shop.candle, page.shop.yoghurt];
    let mut expected = Vec::new();
    for turn in 0..20 {
        page.world.scanner.scan(codes[turn % 3]).unwrap();
        expected.push(["Milk", "Candle", "Yoghurt"][turn % 3]);
        tokio::time::sleep(BETWEEN_SCANS).await;
    }
    page.browser.until(&format!("{NAMES} === {:?}", expected.join(","))).await;
    for turn in 0..20 {
        page.browser.wedge(codes[turn % 3]).await;
        expected.push(["Milk", "Candle", "Yoghurt"][turn % 3]);
    }
    page.browser.until(&format!("{NAMES} === {:?}", expected.join(","))).await;
    page.finish(&[]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_code_that_is_scanned_where_nothing_is_sold_changes_nothing_and_is_said() {
    let page = Page::open(NORTH_AMERICA).await;
    page.browser.until_focused("cashier").await;
    page.browser.wedge(page.shop.milk).await;
    page.browser.until_shown(".notice.refused", "Sign on").await;
    assert_eq!(page.browser.eval("document.getElementById('cashier').value").await, "");
    page.sign_on("1", "111").await;
    page.browser.until_focused("float").await;
    page.finish(&[]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_scan_waits_for_the_answer_to_a_question() {
    let page = Page::selling(NORTH_AMERICA).await;
    page.menu("no-sale").await;
    page.browser.until_focused("no-sale-reason").await;
    page.browser.keys("change").await;
    page.browser.key(ENTER).await;
    page.browser.until_focused("supervisor").await;
    page.browser.wedge(page.shop.milk).await;
    // What happens meanwhile takes the question from nobody's hands.
    page.world.printer.set_faults(Faults { paper_out: true, ..Faults::default() });
    page.browser.until_shown(".strip .bad", "paper").await;
    page.browser.until_there("[role=dialog]").await;
    assert_eq!(page.browser.count(".line").await, 0);
    page.browser.key(ESCAPE).await;
    page.browser.until_shown(".line", "Milk").await;
    page.world.printer.set_faults(Faults::default());
    page.finish(&[]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_scanner_that_sends_a_prefix_needs_no_pace_and_no_length() {
    let mut page = Page::open(NORTH_AMERICA).await;
    page.world.kill_till();
    let serial = format!("kind = \"serial\"\npath = \"{}\"", page.world.scanner.path().display());
    page.world.reconfigure(&serial, "kind = \"keyboard\"\nprefix = \"~\"");
    page.world.start_till().await;
    page.browser.goto(&page.address()).await;
    let page = page.signed_on().await;
    let browser = &page.browser;
    browser.key(f_key(2)).await;
    // A person's pace, and wherever the focus is.
    browser.keys(&format!("~{}", page.shop.milk)).await;
    browser.key(ENTER).await;
    browser.until_shown(".line", "Milk").await;
    browser.keys("~no").await;
    browser.key(ENTER).await;
    browser.until_there(".notice.refused").await;
    assert_eq!(browser.eval("document.getElementById('entry').value").await, "");
    // The page saw the till go and come.
    page.finish(&NOBODY_ANSWERS).await;
}
