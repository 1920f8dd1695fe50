//! The cloud of an installed app: what the tests of its parts share.

mod apps;
mod deliveries;
mod gateway;
mod life;
mod talkdesk_id;
mod test_events;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use partner_sandbox::SandboxOptions;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{APP, Answer, World, form, send, submission, submission_id};

pub const REGION: &str = "td-eu-1";
pub const ACCOUNT: &str = "Sample Customer A";

/// A sandbox in which an account has installed the app, whose callback is the sandbox's own receiver.
pub struct Customer {
    pub world: World,
    pub installation: String,
    /// `app.installed`, as it arrived.
    pub event: Value,
}

impl Customer {
    pub async fn start() -> Self {
        Self::with(|_| {}).await
    }

    pub async fn with(change: impl FnOnce(&mut SandboxOptions)) -> Self {
        let world = World::with(change).await;
        let mut body = submission(1, &["technical"]);
        body["fields"]["events_callback_url"] = json!(format!("{}/receiver", world.running.url()));
        body["fields"]["redirect_uris"] = json!(["https://partner-app.example/back"]);
        assert_eq!(world.submit(&body).await.status, 201);
        let approve = json!({ "track": "technical", "outcome": "approved" });
        assert_eq!(world.decide(Method::POST, &submission_id(1), &approve).await.status, 200);
        let link = world.link("").await.json()["url"].as_str().unwrap().to_owned();
        let path = link.strip_prefix("https://partner-project.example").unwrap().to_owned();
        let typed = [("account", ACCOUNT), ("region", REGION)];
        assert_eq!(send(form(world.request(Method::POST, &path), &typed)).await.status, 303);
        let made = send(world.reviewer(Method::GET, "/reviewer/api/installations")).await.json();
        let installation = made[0]["id"].as_str().unwrap().to_owned();
        settled(&world).await;
        let event = received(&world).await.pop().map_or(Value::Null, |got| body_of(&got));
        Self { world, installation, event }
    }

    /// Lets something happen, and gives the event as it arrived.
    pub async fn happens(&self, what: &Value) -> Value {
        let path = format!("/reviewer/api/installations/{}/events", self.installation);
        let answer = send(self.world.reviewer(Method::POST, &path).json(what)).await;
        assert_eq!(answer.status, 201, "{what} {}", answer.text);
        settled(&self.world).await;
        let event = body_of(&received(&self.world).await.pop().unwrap());
        assert_eq!(event["id"], answer.json()["event_id"]);
        event
    }

    /// A token of the first client by HTTP Basic.
    pub async fn token(&self, scope: &str) -> String {
        self.token_of(&self.event["data"], scope).await
    }

    pub async fn token_of(&self, set: &Value, scope: &str) -> String {
        let answer = self.basic(set, &[("grant_type", "client_credentials"), ("scope", scope)]).await;
        answer.json()["access_token"].as_str().unwrap().to_owned()
    }

    pub async fn basic(&self, set: &Value, fields: &[(&str, &str)]) -> Answer {
        let request = self.world.http.post(self.link("tokens"));
        let request = request.basic_auth(text(set, "client_id"), Some(text(set, "client_secret")));
        send(form(request, fields)).await
    }

    /// Where one of the event's links leads.
    pub fn link(&self, name: &str) -> String {
        text(&self.event["_links"][name], "href").to_owned()
    }

    /// A path below the installation, at its gateway.
    pub fn at(&self, path: &str) -> String {
        format!("{}{path}", self.link("installation"))
    }

    pub async fn get(&self, url: &str, token: &str) -> Answer {
        send(self.world.http.get(url).bearer_auth(token)).await
    }

    pub async fn post(&self, url: &str, token: &str, body: &Value) -> Answer {
        send(self.world.http.post(url).bearer_auth(token).json(body)).await
    }
}

#[track_caller]
pub fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_else(|| panic!("{name} in {value}"))
}

pub fn app_path(rest: &str) -> String {
    format!("/gateway/{REGION}/apps/{APP}{rest}")
}

/// All that the receiver got, oldest first.
pub async fn received(world: &World) -> Vec<Value> {
    let all = send(world.reviewer(Method::GET, "/reviewer/api/received")).await.json();
    all.as_array().unwrap().clone()
}

pub fn body_of(received: &Value) -> Value {
    serde_json::from_str(text(received, "body")).unwrap()
}

/// Waits until no delivery is under way, and gives them all.
pub async fn settled(world: &World) -> Vec<Value> {
    for _ in 0..500 {
        let all = send(world.reviewer(Method::GET, "/reviewer/api/deliveries")).await.json();
        let all = all.as_array().unwrap().clone();
        if all.iter().all(|delivery| delivery["state"] != "under_way") {
            return all;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("a delivery does not end");
}

/// A JWT with this header and these claims, signed as the algorithm of the set says.
pub fn signed(set: &Value, header: &Value, claims: &Value) -> String {
    use p256::ecdsa::signature::Signer;
    use p256::pkcs8::DecodePrivateKey;
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", part(header), part(claims));
    let (key, message) = (STANDARD.decode(text(set, "private_key")).unwrap(), signed.as_bytes());
    let signature = match text(set, "key_algorithm") {
        "ES256" => {
            let signature: p256::ecdsa::Signature =
                p256::ecdsa::SigningKey::from_pkcs8_der(&key).unwrap().sign(message);
            signature.to_bytes().to_vec()
        }
        "ES384" => {
            let signature: p384::ecdsa::Signature =
                p384::ecdsa::SigningKey::from_pkcs8_der(&key).unwrap().sign(message);
            signature.to_bytes().to_vec()
        }
        "ES512" => {
            let signature: p521::ecdsa::Signature =
                p521::ecdsa::SigningKey::from_pkcs8_der(&key).unwrap().sign(message);
            signature.to_bytes().to_vec()
        }
        pss => {
            let padding = match pss {
                "PS256" => &aws_lc_rs::signature::RSA_PSS_SHA256,
                "PS384" => &aws_lc_rs::signature::RSA_PSS_SHA384,
                _ => &aws_lc_rs::signature::RSA_PSS_SHA512,
            };
            let key = aws_lc_rs::signature::RsaKeyPair::from_pkcs8(&key).unwrap();
            let mut signature = vec![0; key.public_modulus_len()];
            key.sign(padding, &aws_lc_rs::rand::SystemRandom::new(), message, &mut signature).unwrap();
            signature
        }
    };
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}
