//! What is served: the page, the document, the status, and the headers of every answer.

use crate::till::{COMMANDS_MAX, Till};
use evertill::http::client::{Client, ClientError};
use evertill::http::{self, HttpError, MachineToken};

#[tokio::test]
async fn page_style_and_document_need_no_token() {
    let till = Till::start().await;
    for (path, media_type, content) in [
        ("/counter", "text/html; charset=utf-8", "DE-0417/2"),
        ("/counter/assets/till.css", "text/css; charset=utf-8", ".strip"),
        ("/counter/assets/till.js", "text/javascript; charset=utf-8", "EventSource"),
        ("/v1/openapi.json", "application/json", "/v1/basket/scan"),
    ] {
        let answer = till.ask(&format!("GET {path}")).without("Authorization").send(till.address).await;
        assert_eq!((answer.status, answer.header("content-type")), (200, Some(media_type)), "{path}");
        assert!(String::from_utf8(answer.body).unwrap().contains(content), "{path}");
    }
}

#[tokio::test]
async fn the_address_of_the_till_leads_to_the_page_which_runs_only_its_own_files() {
    let till = Till::start().await;
    let home = till.ask("GET /").send(till.address).await;
    assert_eq!((home.status, home.header("location")), (303, Some("/counter")));
    let page = String::from_utf8(till.ask("GET /counter").send(till.address).await.body).unwrap();
    for forbidden in ["style=", "<style", "onclick", "http-equiv=\"Content", "javascript:"] {
        assert!(!page.contains(forbidden), "{forbidden}");
    }
    let scripts = page.matches("<script").count();
    assert_eq!(scripts, page.matches("<script src=\"/counter/assets/").count(), "{page}");
    assert!(page.contains("Online") && page.contains("v41"), "{page}");
}

#[tokio::test]
async fn every_answer_keeps_the_browser_in_bounds() {
    let till = Till::start().await;
    let asks = [
        till.ask("GET /"),
        till.ask("GET /v1/status"),
        till.ask("GET /v1/nothing"),
        till.ask("GET /v1/status").with("Host", "evil.example"),
        till.ask("GET /v1/status").without("Authorization"),
        till.scan("key-headers-1"),
    ];
    for ask in asks {
        let answer = ask.send(till.address).await;
        let policy = answer.header("content-security-policy").unwrap();
        assert!(policy.starts_with("default-src 'self'") && !policy.contains("unsafe"), "{policy}");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        assert_eq!(answer.header("x-frame-options"), Some("DENY"));
        assert_eq!(answer.header("cross-origin-resource-policy"), Some("same-origin"));
    }
}

#[tokio::test]
async fn unknown_routes_sales_and_receipts_are_problems() {
    let till = Till::start().await;
    for path in [
        "/v1/nothing",
        "/nothing",
        "/v1/sales/1",
        "/v1/sales/x",
        "/v1/sales/-1",
        "/v1/receipts/1.txt",
        "/v1/receipts/1.pdf",
        "/v1/receipts/x.txt",
        "/v1/receipts/99999999999999999999.png",
        "/v1/receipts/1",
    ] {
        till.ask(&format!("GET {path}")).send(till.address).await.assert_problem(404, "not-found");
    }
}

#[tokio::test]
async fn the_status_says_who_and_where() {
    let till = Till::start().await;
    let client = Client::new(till.address, till.token.clone()).unwrap();
    let status = client.status().await.unwrap();
    assert_eq!(status.till, "eu/DE-0417/2");
    assert_eq!(status.devices.printer.state, "ready");
    assert!(status.alarms.is_empty(), "{status:?}");
    assert!(status.strip().contains("Online since") && status.strip().contains("3 ams"), "{}", status.strip());
    till.alarms.send_replace(vec!["the disk is nearly full".to_owned()]);
    assert_eq!(client.status().await.unwrap().alarms, ["the disk is nearly full"]);
    assert!(status.strip().contains("printer ready"));
}

#[tokio::test]
async fn a_full_device_queue_is_an_alarm_and_selling_goes_on() {
    let till = Till::start().await;
    for sale in 0..COMMANDS_MAX {
        assert_eq!(till.sell(&format!("queue-{sale}")).await.status, 200);
    }
    let client = Client::new(till.address, till.token.clone()).unwrap();
    let alarms = client.status().await.unwrap().alarms;
    assert_eq!(alarms.len(), 1);
    assert!(alarms[0].starts_with("3 device commands"), "{alarms:?}");
}

#[tokio::test]
async fn the_client_says_what_is_wrong() {
    let till = Till::start().await;
    let folder = tempfile::tempdir().unwrap();
    let other = MachineToken::open_or_create(folder.path()).unwrap();
    let refused = Client::new(till.address, other.clone()).unwrap().status().await.unwrap_err();
    assert!(matches!(&refused, ClientError::Refused(problem) if problem.status == 401), "{refused}");
    assert!(matches!(Client::new("10.0.0.1:7411".parse().unwrap(), other.clone()), Err(HttpError::NotLoopback(_))));
    let free = http::bind("127.0.0.1:0".parse().unwrap()).await.unwrap().local_addr().unwrap();
    let nobody = Client::new(free, other).unwrap().status().await.unwrap_err();
    assert!(nobody.to_string().contains("till run"), "{nobody}");
}
