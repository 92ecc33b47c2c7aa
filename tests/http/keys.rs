//! Acts: never on GET, never without an idempotency key, never from anything but JSON.

use crate::till::Till;

#[tokio::test]
async fn no_get_changes_anything() {
    let till = Till::start().await;
    let before = till.trace().await;
    let acts = [
        "/v1/basket/scan",
        "/v1/basket/tender",
        "/v1/basket/abandon",
        "/v1/basket/lines/1/void",
        "/v1/receipts/1/copy",
    ];
    for path in acts {
        for method in ["GET", "HEAD", "PUT", "DELETE", "PATCH"] {
            let ask = till.ask(&format!("{method} {path}")).header("Idempotency-Key", "key-method-1");
            let answer = ask.json(r#"{"code":"4006381333931"}"#).send(till.address).await;
            assert_eq!(answer.status, 405, "{method} {path}: {answer:?}");
        }
    }
    let reads = ["/v1/status", "/v1/basket", "/v1/sales/1", "/v1/receipts/1.txt", "/v1/openapi.json", "/", "/counter"];
    for path in reads {
        till.ask(&format!("GET {path}")).send(till.address).await;
        let answer =
            till.ask(&format!("POST {path}")).header("Idempotency-Key", "key-method-2").send(till.address).await;
        assert_eq!(answer.status, 405, "{path}: {answer:?}");
    }
    assert_eq!(till.trace().await, before);
}

#[tokio::test]
async fn an_act_without_a_proper_key_is_not_done() {
    let till = Till::start().await;
    let before = till.trace().await;
    let paths = [
        "/v1/basket/scan",
        "/v1/basket/tender",
        "/v1/basket/abandon",
        "/v1/basket/lines/1/void",
        "/v1/receipts/1/copy",
    ];
    for path in paths {
        let ask = till.ask(&format!("POST {path}")).json(r#"{"code":"4006381333931"}"#);
        ask.send(till.address).await.assert_problem(400, "idempotency-key");
    }
    for key in ["", "short", "with space", "ümlaut-key", &"x".repeat(65)] {
        till.scan(key).send(till.address).await.assert_problem(400, "idempotency-key");
    }
    let two = till.scan("key-first-1").header("Idempotency-Key", "key-second-1");
    two.send(till.address).await.assert_problem(400, "idempotency-key");
    assert_eq!(till.trace().await, before);
}

#[tokio::test]
async fn what_a_form_of_a_page_can_send_is_no_act() {
    let till = Till::start().await;
    let before = till.trace().await;
    for media_type in
        ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "", "application/jsonp"]
    {
        let ask = till.scan("key-form-1").with("Content-Type", media_type);
        ask.send(till.address).await.assert_problem(415, "media-type");
    }
    till.scan("key-form-2").without("Content-Type").send(till.address).await.assert_problem(415, "media-type");
    assert_eq!(till.trace().await, before);
    let ask = till.scan("key-form-3").with("Content-Type", "application/json; charset=utf-8");
    assert_eq!(ask.send(till.address).await.status, 200);
}

#[tokio::test]
async fn a_body_of_another_shape_is_refused_with_the_place() {
    let till = Till::start().await;
    let before = till.trace().await;
    for body in ["", "{", "[]", "{}", r#"{"code":4006381333931}"#, r#"{"code":"1","extra":1}"#, "\u{0}"] {
        let answer = till.scan("key-body-1").json(body).send(till.address).await;
        answer.assert_problem(400, "request");
        assert!(answer.json()["detail"].as_str().unwrap().contains("line 1"), "{answer:?}");
    }
    for body in [
        r#"{"kind":"gold","amount_minor":100}"#,
        r#"{"kind":"cash","amount_minor":1.5}"#,
        r#"{"kind":"cash","amount_minor":99999999999999999999}"#,
    ] {
        let ask = till.ask("POST /v1/basket/tender").header("Idempotency-Key", "key-body-2").json(body);
        ask.send(till.address).await.assert_problem(400, "request");
    }
    assert_eq!(till.trace().await, before);
}
