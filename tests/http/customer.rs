//! The customer's screen: what stands before the till may be seen without a PIN, and nothing else.

use crate::till::Till;

/// Looks until the screen shows `wanted`: it follows the counter by events.
async fn shown(till: &Till, wanted: &str) -> String {
    let mut page = String::new();
    for _ in 0..500 {
        let answer = till.ask("GET /customer/view").without("Authorization").send(till.address).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        page = String::from_utf8(answer.body).unwrap();
        if page.contains(wanted) {
            return page;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("the customer never saw {wanted}: {page}");
}

#[tokio::test]
async fn the_customer_sees_goods_total_and_change() {
    let till = Till::start().await;
    shown(&till, "Willkommen").await;
    assert_eq!(till.scan("key-customer-1").send(till.address).await.status, 200);
    let page = shown(&till, "1,19").await;
    assert!(page.contains("class=\"new\"") && !page.contains("<form"), "{page}");
    assert_eq!(till.cash("key-customer-2", 200).send(till.address).await.status, 200);
    let page = shown(&till, "0,81").await;
    assert!(page.contains("Vielen Dank"), "{page}");
    let whole = till.ask("GET /customer").without("Authorization").send(till.address).await;
    assert!(String::from_utf8(whole.body).unwrap().contains("customer.js"));
}

#[tokio::test]
async fn a_till_at_which_nobody_is_signed_on_is_closed() {
    let till = Till::staffed().await;
    shown(&till, "Kasse geschlossen").await;
    till.ask("POST /customer/view").without("Authorization").send(till.address).await.assert_problem(405, "method");
}
