//! Selling over the API: from the scan to the receipt, and that a repeated request never does an act twice.

use crate::ask::Answer;
use crate::till::Till;
use evertill::counter::DeviceCommand;
use evertill::http::Limits;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

#[tokio::test]
async fn a_basket_becomes_a_sale_and_its_receipt_can_be_read() {
    let mut till = Till::start().await;
    let answer = till.scan("key-sell-1").send(till.address).await;
    assert_eq!(answer.json()["basket"]["lines"][0]["name"], "Pen");
    assert_eq!(answer.json()["basket"]["due_minor"], 119);
    let answer = till.cash("key-sell-2", 200).send(till.address).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(answer.json()["sale"]["receipt_number"], 1);
    assert_eq!(answer.json()["sale"]["change_minor"], 81);
    assert_eq!(answer.json()["basket"]["lines"].as_array().unwrap().len(), 0);
    assert!(matches!(till.commands.recv().await, Some(DeviceCommand::OpenDrawer { for_entry: 2 })));
    assert!(matches!(till.commands.recv().await, Some(DeviceCommand::Print { .. })));

    let get = async |path: &str| -> Answer { till.ask(&format!("GET {path}")).send(till.address).await };
    assert_eq!(get("/v1/sales/1").await.json()["total_minor"], 119);
    let text = get("/v1/receipts/1.txt").await;
    assert_eq!(text.header("content-type"), Some("text/plain; charset=utf-8"));
    assert!(String::from_utf8(text.body).unwrap().contains("1,19"));
    let picture = get("/v1/receipts/1.png").await;
    assert_eq!(picture.header("content-type"), Some("image/png"));
    assert!(picture.body.starts_with(b"\x89PNG"));
    let status = get("/v1/status").await.json();
    assert_eq!((&status["head"], &status["price_book_version"]), (&till.head().into(), &7.into()));
}

#[tokio::test]
async fn a_repeated_request_gets_the_first_answer_and_moves_no_device_again() {
    let mut till = Till::start().await;
    let first = till.sell("repeat").await.json();
    assert!(till.commands.recv().await.is_some() && till.commands.recv().await.is_some());
    let before = till.trace().await;
    let second = till.cash("key-repeat-cash", 200).send(till.address).await.json();
    assert_eq!(first["sale"], second["sale"]);
    assert_eq!(till.trace().await, before);
}

#[tokio::test]
async fn a_key_of_another_act_is_refused() {
    let till = Till::start().await;
    assert_eq!(till.scan("key-other-1").send(till.address).await.status, 200);
    let before = till.trace().await;
    let other = till.scan("key-other-1").json(r#"{"code":"2*4006381333931"}"#);
    other.send(till.address).await.assert_problem(422, "idempotency-key");
    assert_eq!(till.trace().await, before);
}

#[tokio::test]
async fn what_the_shop_refuses_is_said_and_adds_nothing() {
    let till = Till::start().await;
    assert_eq!(till.scan("key-rules-1").send(till.address).await.status, 200);
    let before = till.trace().await;
    for (code, kind) in [
        ("4006381333932", "code"),
        ("", "code"),
        ("4012", "unknown-item"),
        ("4011", "weight"),
        ("0*4006381333931", "code"),
    ] {
        let body = serde_json::json!({ "code": code }).to_string();
        till.scan("key-rules-2").json(&body).send(till.address).await.assert_problem(422, kind);
    }
    let ask = |line: &str| till.ask(line).header("Idempotency-Key", "key-rules-3");
    ask("POST /v1/basket/lines/9/void").send(till.address).await.assert_problem(409, "refused");
    ask("POST /v1/basket/lines/x/void").send(till.address).await.assert_problem(404, "not-found");
    ask("POST /v1/receipts/9/copy").send(till.address).await.assert_problem(404, "not-found");
    ask("POST /v1/receipts/x/copy").send(till.address).await.assert_problem(404, "not-found");
    till.cash("key-rules-4", 0).send(till.address).await.assert_problem(409, "refused");
    till.cash("key-rules-5", -119).send(till.address).await.assert_problem(409, "refused");
    assert_eq!(till.trace().await, before);
}

#[tokio::test]
async fn a_card_number_is_never_taken_for_a_reference() {
    let till = Till::start().await;
    assert_eq!(till.scan("key-card-1").send(till.address).await.status, 200);
    let before = till.trace().await;
    let tender = |body: &str| till.ask("POST /v1/basket/tender").header("Idempotency-Key", "key-card-2").json(body);
    let bodies = [
        r#"{"kind":"card","amount_minor":119,"reference":"4111 1111 1111 1111"}"#,
        r#"{"kind":"card","amount_minor":119}"#,
        r#"{"kind":"cash","amount_minor":119,"reference":"A1B2C3"}"#,
    ];
    for body in bodies {
        let answer = tender(body).send(till.address).await;
        answer.assert_problem(400, "request");
        assert!(!String::from_utf8(answer.body).unwrap().contains("4111"));
    }
    assert_eq!(till.trace().await, before);
    let answer = tender(r#"{"kind":"card","amount_minor":119,"reference":"A1B2C3"}"#).send(till.address).await;
    assert_eq!(answer.json()["sale"]["change_minor"], 0);
}

#[tokio::test]
async fn lines_are_voided_baskets_abandoned_and_receipts_copied() {
    let mut till = Till::start().await;
    assert_eq!(till.sell("verbs").await.status, 200);
    assert!(till.commands.recv().await.is_some() && till.commands.recv().await.is_some());
    assert_eq!(till.scan("key-verbs-1").send(till.address).await.status, 200);
    let post = async |path: &str, key: &str| -> Answer {
        till.ask(&format!("POST {path}")).header("Idempotency-Key", key).send(till.address).await
    };
    let voided = post("/v1/basket/lines/1/void", "key-verbs-2").await.json();
    assert_eq!(voided["basket"]["lines"][0]["void"], true);
    assert_eq!(voided["basket"]["total_minor"], 0);
    let abandoned = post("/v1/basket/abandon", "key-verbs-3").await.json();
    assert_eq!(abandoned["basket"]["lines"].as_array().unwrap().len(), 0);
    assert_eq!(post("/v1/receipts/1/copy", "key-verbs-4").await.status, 200);
    assert!(matches!(till.commands.recv().await, Some(DeviceCommand::Print { .. })));
}

#[tokio::test]
async fn a_fault_in_the_till_is_a_problem_and_not_the_end() {
    let mut till = Till::start().await;
    for name in ["fault-1", "fault-2"] {
        assert_eq!(till.sell(name).await.status, 200);
        assert!(till.commands.recv().await.is_some() && till.commands.recv().await.is_some());
    }
    till.ask("GET /v1/receipts/2.png").send(till.address).await.assert_problem(500, "internal");
    assert_eq!(till.ask("GET /v1/receipts/1.png").send(till.address).await.status, 200);
    assert_eq!(till.sell("fault-3").await.status, 200);
}

#[tokio::test]
async fn a_caller_that_hangs_up_and_repeats_sells_once_and_opens_the_drawer_once() {
    let mut till = Till::with(Limits { requests_per_second: u32::MAX, ..Limits::default() }).await;
    for sale in 1..=30 {
        assert_eq!(till.scan(&format!("key-gone-{sale}-scan")).send(till.address).await.status, 200);
        let cash = till.cash(&format!("key-gone-{sale}-cash"), 200);
        let mut stream = TcpStream::connect(till.address).await.unwrap();
        stream.write_all(&cash.bytes()).await.unwrap();
        // Gone at different moments: before the request is read, while it is carried out, after.
        for _ in 0..sale % 5 {
            tokio::task::yield_now().await;
        }
        drop(stream);
        let answer = cash.send(till.address).await;
        assert_eq!(answer.json()["sale"]["receipt_number"], sale, "{answer:?}");
        // The first act may deliver a moment after the second has its answer.
        for _ in 0..1_000 {
            if till.commands.len() == 2 {
                break;
            }
            till.ask("GET /v1/basket").send(till.address).await;
        }
        assert!(matches!(till.commands.try_recv(), Ok(DeviceCommand::OpenDrawer { .. })), "sale {sale}");
        assert!(matches!(till.commands.try_recv(), Ok(DeviceCommand::Print { .. })), "sale {sale}");
    }
    assert!(till.commands.try_recv().is_err());
}
