//! Pages and programs that must not get through: foreign Host, foreign origin, no token. Each is refused and changes nothing.

use crate::ask::{Answer, Ask};
use crate::till::Till;

/// Sends `ask` and asserts the refusal and that nothing happened.
async fn refused(till: &Till, ask: &Ask, status: u16, kind: &str) -> Answer {
    let before = till.trace().await;
    let answer = ask.send(till.address).await;
    answer.assert_problem(status, kind);
    assert_eq!(till.trace().await, before, "something changed");
    answer
}

#[tokio::test]
async fn a_name_that_resolves_to_this_machine_is_not_enough() {
    let till = Till::start().await;
    let port = till.address.port();
    let foreign = [
        "evil.example".to_owned(),
        format!("evil.example:{port}"),
        format!("127.0.0.1.evil.example:{port}"),
        format!("localhost.evil.example:{port}"),
        format!("user@127.0.0.1:{port}"),
        format!("127.0.0.2:{port}"),
        format!("0.0.0.0:{port}"),
        "127.0.0.1".to_owned(),
        "localhost".to_owned(),
        format!("127.0.0.1:{}", port.wrapping_add(1)),
        format!("127.0.0.1:{port}0"),
        format!("127.0.0.1:0{port}"),
        String::new(),
    ];
    for host in foreign {
        refused(&till, &till.scan("key-host-1").with("Host", &host), 421, "host").await;
        // The page and the document are for nobody else, either.
        refused(&till, &till.ask("GET /").with("Host", &host), 421, "host").await;
    }
}

#[tokio::test]
async fn own_names_are_heard() {
    let till = Till::start().await;
    let port = till.address.port();
    for (index, name) in ["127.0.0.1", "localhost", "LocalHost", "[::1]"].into_iter().enumerate() {
        let ask = till.scan(&format!("key-own-{index}")).with("Host", format!("{name}:{port}"));
        assert_eq!(ask.send(till.address).await.status, 200, "{name}");
    }
}

#[tokio::test]
async fn a_request_without_or_with_two_hosts_is_refused() {
    let till = Till::start().await;
    refused(&till, &till.scan("key-host-2").without("Host"), 400, "host").await;
    refused(&till, &till.scan("key-host-3").header("Host", "evil.example"), 400, "host").await;
    refused(&till, &till.scan("key-host-4").header("Host", till.address), 400, "host").await;
}

#[tokio::test]
async fn a_foreign_absolute_target_does_not_hide_behind_an_own_host() {
    let till = Till::start().await;
    let ask = |target: &str| till.ask(&format!("GET http://{target}/v1/status"));
    refused(&till, &ask("evil.example"), 421, "host").await;
    assert_eq!(ask(&till.address.to_string()).send(till.address).await.status, 200);
}

#[tokio::test]
async fn pages_of_other_origins_are_refused() {
    let till = Till::start().await;
    let port = till.address.port();
    let foreign = [
        "null".to_owned(),
        "https://evil.example".to_owned(),
        format!("http://evil.example:{port}"),
        format!("https://127.0.0.1:{port}"),
        "http://127.0.0.1".to_owned(),
        "http://localhost:3000".to_owned(),
        format!("http://127.0.0.1:{port}/"),
        format!("http://127.0.0.1:{port}.evil.example"),
        "file://".to_owned(),
        String::new(),
    ];
    for origin in foreign {
        refused(&till, &till.scan("key-origin-1").header("Origin", &origin), 403, "origin").await;
        refused(&till, &till.ask("GET /v1/basket").header("Origin", &origin), 403, "origin").await;
    }
    let both = till.scan("key-origin-2").header("Origin", format!("http://{}", till.address)).header("Origin", "null");
    refused(&till, &both, 403, "origin").await;
}

#[tokio::test]
async fn the_own_origin_is_heard_and_no_other_is_invited() {
    let till = Till::start().await;
    let answer =
        till.scan("key-origin-3").header("Origin", format!("http://{}", till.address)).send(till.address).await;
    assert_eq!(answer.status, 200);
    let preflight = till
        .ask("OPTIONS /v1/basket/scan")
        .without("Authorization")
        .header("Origin", "https://evil.example")
        .header("Access-Control-Request-Method", "POST");
    let answer = refused(&till, &preflight, 403, "origin").await;
    assert!(!answer.head.to_ascii_lowercase().contains("access-control-allow"), "{answer:?}");
}

#[tokio::test]
async fn what_a_browser_sends_for_another_site_is_refused() {
    let till = Till::start().await;
    for site in ["cross-site", "same-site", "Cross-Site", "", "what-comes-next"] {
        refused(&till, &till.scan("key-site-1").header("Sec-Fetch-Site", site), 403, "origin").await;
        refused(&till, &till.ask("GET /").header("Sec-Fetch-Site", site), 403, "origin").await;
    }
    for (index, site) in ["same-origin", "none"].into_iter().enumerate() {
        let ask = till.scan(&format!("key-site-own-{index}")).header("Sec-Fetch-Site", site);
        assert_eq!(ask.send(till.address).await.status, 200, "{site}");
    }
}

#[tokio::test]
async fn without_the_token_nothing_is_told_and_nothing_done() {
    let till = Till::start().await;
    let token = till.token.as_str().to_owned();
    let wrong = [
        format!("Bearer {}", "0".repeat(64)),
        format!("Bearer {}", &token[..63]),
        format!("Bearer {token}0"),
        format!("Bearer  {token}"),
        format!("Basic {token}"),
        format!("Bearer{token}"),
        token.clone(),
        "Bearer ".to_owned(),
        "é".to_owned(),
    ];
    for value in &wrong {
        refused(&till, &till.scan("key-token-1").with("Authorization", value), 401, "token").await;
    }
    let twice = till.scan("key-token-2").header("Authorization", format!("Bearer {token}"));
    refused(&till, &twice, 401, "token").await;
    let lines = [
        "GET /v1/status",
        "GET /v1/basket",
        "GET /v1/sales/1",
        "GET /v1/receipts/1.txt",
        "GET /v1/receipts/1.png",
        "GET /v1/events",
        "POST /v1/basket/abandon",
        "POST /v1/basket/tender",
        "POST /v1/basket/lines/1/void",
        "POST /v1/receipts/1/copy",
        "GET /v1",
        "GET /nothing",
        "GET //",
        "GET /v1/openapi.json/",
        "HEAD /v1/status",
    ];
    for line in lines {
        let ask = till.ask(line).without("Authorization").header("Idempotency-Key", "key-token-3");
        let before = till.trace().await;
        let answer = ask.send(till.address).await;
        assert_eq!(answer.status, 401, "{line}: {answer:?}");
        assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
        assert_eq!(till.trace().await, before, "{line}");
    }
}

#[tokio::test]
async fn a_refused_request_learns_nothing_of_the_till() {
    let till = Till::start().await;
    let answer = till.ask("GET /v1/status").without("Authorization").send(till.address).await;
    let text = String::from_utf8(answer.body).unwrap();
    assert!(!text.contains("DE-0417") && !text.contains(till.token.as_str()), "{text}");
}
