//! The cashier's page over HTTP: who may use it, and what clicks, reloads and old pages do.

use crate::ask::Answer;
use crate::till::Till;

/// A browser at the till.
struct Browser<'a> {
    till: &'a Till,
    cookie: String,
    /// The key of the rendering that is shown.
    key: String,
}

impl Browser<'_> {
    async fn open(till: &Till) -> Browser<'_> {
        let mut browser = Browser { till, cookie: String::new(), key: String::new() };
        browser.get("/counter").await;
        browser
    }

    /// The page of a browser in which Anna is signed on and a shift is open.
    async fn selling(till: &Till) -> Browser<'_> {
        let mut browser = Browser::open(till).await;
        browser.post("sign-on", &[("cashier", "1"), ("pin", "111")]).await;
        let page = browser.post("open-shift", &[("float", "100,00")]).await;
        assert!(page.contains("/counter/scan"), "{page}");
        browser
    }

    fn take(&mut self, answer: Answer) -> String {
        assert_eq!(answer.header("content-type"), Some("text/html; charset=utf-8"), "{answer:?}");
        if let Some(cookie) = answer.header("set-cookie") {
            assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), "{cookie}");
            self.cookie = cookie.split(';').next().unwrap().to_owned();
        }
        let page = String::from_utf8(answer.body).unwrap();
        let key = page.split("name=\"key\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
        self.key = key.unwrap_or_default().to_owned();
        page
    }

    async fn get(&mut self, path: &str) -> String {
        let ask = self.till.ask(&format!("GET {path}")).without("Authorization").header("Cookie", &self.cookie);
        let answer = ask.send(self.till.address).await;
        self.take(answer)
    }

    /// Posts a form of the page that is shown.
    async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> String {
        let key = self.key.clone();
        self.post_with(&key, path, fields).await
    }

    async fn post_with(&mut self, key: &str, path: &str, fields: &[(&str, &str)]) -> String {
        let fields = [&[("key", key)], fields].concat();
        let origin = format!("http://{}", self.till.address);
        let ask = self.till.ask(&format!("POST /counter/{path}")).without("Authorization");
        let ask =
            ask.header("Cookie", &self.cookie).header("Origin", origin).header("HX-Request", "true").form(&fields);
        let answer = ask.send(self.till.address).await;
        self.take(answer)
    }
}

#[tokio::test]
async fn without_a_pin_the_page_shows_nothing_and_does_nothing() {
    let till = Till::staffed().await;
    let before = till.trace().await;
    let mut browser = Browser::open(&till).await;
    for path in ["/counter", "/counter/view?panel=menu", "/counter/view?panel=x-report"] {
        let page = browser.get(path).await;
        assert!(page.contains("/counter/sign-on") && !page.contains("/counter/scan"), "{path}: {page}");
    }
    for (path, fields) in [
        ("scan", [("entry", "4006381333931"), ("by", "typed")]),
        ("open-shift", [("float", "1"), ("", "")]),
        ("no-sale", [("reason", "change"), ("", "")]),
    ] {
        let page = browser.post(path, &fields).await;
        assert!(page.contains("/counter/sign-on"), "{path}: {page}");
    }
    let picture = till.ask("GET /counter/receipts/1.png").without("Authorization").send(till.address).await;
    assert_eq!(picture.status, 404);
    let wrong = browser.post("sign-on", &[("cashier", "1"), ("pin", "112")]).await;
    assert!(wrong.contains("value=\"1\"") && wrong.contains('4'), "{wrong}");
    assert_eq!(till.trace().await, before);
}

#[tokio::test]
async fn another_sites_form_does_nothing_although_the_browser_is_signed_on() {
    let till = Till::staffed().await;
    let browser = Browser::selling(&till).await;
    let before = till.trace().await;
    let fields = [("key", browser.key.as_str()), ("entry", "4006381333931"), ("by", "typed")];
    let form = || {
        let ask = till.ask("POST /counter/scan").without("Authorization");
        ask.header("Cookie", &browser.cookie).form(&fields)
    };
    for (ask, status) in [
        (form().header("Origin", "http://evil.example"), 403),
        (form().header("Origin", "null"), 403),
        (form().header("Origin", format!("http://{}", till.address)).header("Sec-Fetch-Site", "cross-site"), 403),
        (form(), 400),
    ] {
        let answer = ask.send(till.address).await;
        assert_eq!(answer.status, status, "{answer:?}");
    }
    assert_eq!(till.trace().await, before);
}

#[tokio::test]
async fn a_double_click_on_pay_is_one_sale_and_an_old_page_does_nothing() {
    let till = Till::staffed().await;
    let mut browser = Browser::selling(&till).await;
    let old = browser.key.clone();
    let page = browser.post("scan", &[("entry", "3*4006381333931"), ("by", "typed")]).await;
    assert!(page.contains("Pen") && page.contains("3,57"), "{page}");
    let pay = browser.key.clone();
    let fields = [("tender", "cash"), ("amount", "5")];
    let first = browser.post_with(&pay, "tender", &fields).await;
    assert!(first.contains("1,43"), "the change: {first}");
    let head = till.head();
    let second = browser.post_with(&pay, "tender", &fields).await;
    assert!(second.contains("1,43"), "{second}");
    assert_eq!(till.head(), head, "one sale");
    // The back button: a rendering from before, whose key did something else.
    let stale = browser.post_with(&old, "tender", &fields).await;
    assert!(stale.contains("class=\"notice refused\""), "{stale}");
    assert_eq!(till.head(), head);
    let shown = browser.get("/counter/view?panel=sold").await;
    assert!(shown.contains("/counter/receipts/1.png"), "{shown}");
    let picture = till.ask("GET /counter/receipts/1.png").without("Authorization").header("Cookie", &browser.cookie);
    assert_eq!(picture.send(till.address).await.header("content-type"), Some("image/png"));
}

#[tokio::test]
async fn bad_input_is_said_and_changes_nothing() {
    let till = Till::staffed().await;
    let mut browser = Browser::selling(&till).await;
    browser.post("scan", &[("entry", "4006381333931"), ("by", "typed")]).await;
    let before = till.trace().await;
    for (path, fields) in [
        ("scan", vec![("entry", "4006381333933"), ("by", "scanner")]),
        ("scan", vec![("entry", "nothing of the kind"), ("by", "typed")]),
        ("quantity", vec![("line", "1"), ("quantity", "4006381333931")]),
        ("quantity", vec![("line", "1"), ("quantity", "-2")]),
        ("quantity", vec![("line", "1"), ("quantity", "0")]),
        ("quantity", vec![("line", "9"), ("quantity", "2")]),
        ("tender", vec![("tender", "cash"), ("amount", "-5")]),
        ("tender", vec![("tender", "cash"), ("amount", "99999999999999999999")]),
        ("tender", vec![("tender", "card"), ("amount", "1,19"), ("reference", "")]),
        ("tender", vec![("tender", "card"), ("amount", "1,19"), ("reference", "4111111111111111")]),
        ("tender", vec![("tender", "card"), ("amount", "5"), ("reference", "A1")]),
        ("tender", vec![("tender", "voucher"), ("reference", "V1")]),
        ("discount", vec![("line", "1"), ("how", "amount"), ("value", "5"), ("reason", "damaged")]),
        ("discount", vec![("line", "1"), ("how", "percent"), ("value", "110"), ("reason", "damaged")]),
        ("refund/find", vec![("receipt", "R2-00000099")]),
        ("void-sale", vec![("receipt", "99")]),
        ("recall", vec![("basket", "99")]),
        ("nonsense", vec![("a", "b")]),
        ("scan", vec![]),
    ] {
        let page = browser.post(path, &fields).await;
        assert!(page.contains("class=\"notice refused\""), "{path} {fields:?}: {page}");
        assert_eq!(till.trace().await, before, "{path} {fields:?}");
    }
}

#[tokio::test]
async fn a_second_pin_allows_what_the_role_does_not_and_the_basket_stays() {
    let till = Till::staffed().await;
    let mut browser = Browser::selling(&till).await;
    browser.post("scan", &[("entry", "4006381333931"), ("by", "typed")]).await;
    let page = browser.post("no-sale", &[("reason", "change for the bus")]).await;
    assert!(page.contains("role=\"dialog\"") && page.contains("Pen"), "{page}");
    let head = till.head();
    let page =
        browser.post("override", &[("pending", "1"), ("supervisor", "2"), ("pin", "111"), ("decision", "allow")]).await;
    assert!(page.contains("role=\"dialog\""), "a wrong PIN asks again: {page}");
    assert_eq!(till.head(), head);
    let page =
        browser.post("override", &[("pending", "1"), ("supervisor", "2"), ("pin", "222"), ("decision", "allow")]).await;
    assert!(!page.contains("role=\"dialog\"") && page.contains("Pen"), "{page}");
    assert_eq!(till.head(), head + 2, "the override and the no-sale");
    let page =
        browser.post("override", &[("pending", "1"), ("supervisor", "2"), ("pin", "222"), ("decision", "allow")]).await;
    assert!(page.contains("class=\"notice refused\""), "nothing waits any more: {page}");
    assert_eq!(till.head(), head + 2);
}

#[tokio::test]
async fn goods_come_back_with_and_without_their_receipt() {
    let till = Till::staffed().await;
    let mut browser = Browser::selling(&till).await;
    browser.post("scan", &[("entry", "2*4006381333931"), ("by", "typed")]).await;
    browser.post("tender", &[("tender", "cash"), ("amount", "")]).await;
    // The receipt's own barcode, scanned into the field for goods.
    let page = browser.post("scan", &[("entry", "R2-00000001"), ("by", "scanner")]).await;
    assert!(page.contains("take_1"), "{page}");
    let take = [("receipt", "1"), ("reason", "unwanted"), ("tender", "cash"), ("take_1", "1")];
    browser.post("refund", &take).await;
    let allow = [("pending", "1"), ("supervisor", "3"), ("pin", "333"), ("decision", "allow")];
    let page = browser.post("override", &allow).await;
    assert!(page.contains("1,19") && page.contains("class=\"notice good\""), "{page}");
    let again = [("receipt", "1"), ("reason", "unwanted"), ("tender", "cash"), ("take_1", "2")];
    browser.post("refund", &again).await;
    let page = browser.post("override", &allow).await;
    assert!(page.contains("class=\"notice refused\""), "only one is left: {page}");
    // Without a receipt: scanned, then paid out.
    browser.post("refund/open", &[]).await;
    let page = browser.post("scan", &[("entry", "4006381333931"), ("by", "scanner")]).await;
    assert!(page.contains("Pen") && page.contains("1,19"), "{page}");
    browser.post("tender", &[("tender", "cash"), ("amount", "")]).await;
    let head = till.head();
    let page = browser.post("override", &allow).await;
    assert!(page.contains("class=\"notice good\""), "{page}");
    assert_eq!(till.head(), head + 2);
}

#[tokio::test]
async fn a_gift_voucher_of_any_amount_is_sold_and_paid_with() {
    let till = Till::staffed().await;
    let mut browser = Browser::selling(&till).await;
    assert!(browser.get("/counter/view?panel=menu").await.contains("panel=sell-voucher"));
    browser.get("/counter/view?panel=sell-voucher").await;
    let page = browser.post("sell-voucher", &[("amount", "0")]).await;
    assert!(page.contains("class=\"notice refused\"") && page.contains("voucher-amount"), "{page}");
    let page = browser.post("sell-voucher", &[("amount", "5,00")]).await;
    assert!(page.contains("Gutschein") && page.contains("5,00"), "{page}");
    browser.post("tender", &[("tender", "cash"), ("amount", "")]).await;
    let sale = till.journal.receipt(1).await.unwrap().unwrap();
    let sale: serde_json::Value = serde_json::from_str(&sale.body).unwrap();
    let number = sale["lines"][0]["code"].as_str().unwrap().to_owned();
    browser.post("scan", &[("entry", "4006381333931"), ("by", "typed")]).await;
    let page = browser.post("tender", &[("tender", "voucher"), ("reference", &number)]).await;
    assert!(page.contains("/counter/receipts/"), "it pays: {page}");
}

#[tokio::test]
async fn another_tills_receipt_waits_for_the_line() {
    let till = Till::staffed().await;
    let mut browser = Browser::selling(&till).await;
    let page = browser.post("scan", &[("entry", "R3-00000001"), ("by", "scanner")]).await;
    assert!(page.contains("R3-00000001") && page.contains("class=\"notice refused\""), "{page}");
    let page = browser.get("/counter/view?panel=refund&receipt=R3-00000001").await;
    assert!(page.contains("/counter/refund/find"), "{page}");
}

#[tokio::test]
async fn a_day_ends_with_a_blind_count_and_a_z_report() {
    let till = Till::staffed().await;
    let mut browser = Browser::selling(&till).await;
    browser.post("scan", &[("entry", "4006381333931"), ("by", "typed")]).await;
    browser.post("tender", &[("tender", "cash"), ("amount", "2")]).await;
    let page = browser.get("/counter/view?panel=x-report").await;
    assert!(page.contains("role=\"dialog\"") && !page.contains("1,19"), "a cashier does not read the totals: {page}");
    let page = browser.get("/counter/view?panel=close-shift").await;
    assert!(page.contains("count_5000") && !page.contains("101,19"), "the count is blind: {page}");
    let count = [("count_5000", "2"), ("count_100", "1"), ("count_10", "1")];
    let page = browser.post("close-shift", &count).await;
    assert!(page.contains("0,09"), "short: {page}");
    let page = browser.post("close-day", &[]).await;
    assert!(page.contains("role=\"dialog\""), "{page}");
    let allow = [("pending", "1"), ("supervisor", "3"), ("pin", "333"), ("decision", "allow")];
    let page = browser.post("override", &allow).await;
    assert!(page.contains("/counter/z-copy") && page.contains("Z-BERICHT 1"), "{page}");
    let page = browser.get("/counter").await;
    assert!(page.contains("/counter/open-shift"), "{page}");
}

#[tokio::test]
async fn whoever_signs_on_elsewhere_ends_this_browsers_session() {
    let till = Till::staffed().await;
    let mut first = Browser::selling(&till).await;
    let mut second = Browser::open(&till).await;
    let page = second.post("sign-on", &[("cashier", "2"), ("pin", "222")]).await;
    assert!(page.contains("/counter/scan") && page.contains("Ben"), "{page}");
    let page = first.get("/counter").await;
    assert!(page.contains("/counter/sign-on"), "{page}");
}
