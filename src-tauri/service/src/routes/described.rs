//! The routes as `OpenAPI` 3.1 tells them.

use std::sync::Arc;

use axum::{Extension, Json};
use domain::protocol::Fault;
use utoipa::OpenApi as _;
use utoipa::openapi::OpenApi;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};

use super::{Anybody, Failure};

/// Takes the commands of a team's desktops, numbers them, and hands out the feed. Every request below `/v1` names its
/// protocol, `partner-protocol: 1`, and where a person belongs to several workspaces the one that is meant,
/// `partner-workspace`.
#[derive(utoipa::OpenApi)]
#[openapi(info(title = "Partner service"), components(schemas(Fault)), security(("token" = [])))]
struct Described;

/// What there is to say before any route.
pub(super) fn described() -> OpenApi {
    let mut described = Described::openapi();
    let mut token = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
    token.description =
        Some("An access token of the identity provider, or one that was handed out.".to_owned());
    let parts = described.components.get_or_insert_default();
    parts.add_security_scheme("token", SecurityScheme::Http(token));
    described
}

/// This description.
#[utoipa::path(get, path = "/openapi.json", tag = "operation", security(()),
    responses((status = 200, body = Object), Failure))]
pub(super) async fn openapi(Extension(described): Extension<Arc<OpenApi>>, _: Anybody) -> Json<OpenApi> {
    Json(OpenApi::clone(&described))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use axum::Router;
    use serde_json::Value;

    use crate::Service;
    use crate::routes::routes;

    /// The routes that a router has, as it shows itself.
    fn paths(router: &Router<Service>) -> BTreeSet<String> {
        let shown = format!("{router:?}");
        let (own, _fallback) = shown.split_once("fallback_router").unwrap();
        own.split('"').skip(1).step_by(2).filter(|text| text.starts_with('/')).map(str::to_owned).collect()
    }

    #[test]
    fn every_route_is_described() {
        let (router, described) = routes().split_for_parts();
        let described = serde_json::to_value(&described).unwrap();
        let told: BTreeSet<String> = described["paths"].as_object().unwrap().keys().cloned().collect();
        assert_eq!(paths(&router), told);
        assert!(told.len() > 15, "{told:?}");
        // The look itself finds a route that nobody described.
        let more = router.route("/v1/undescribed", axum::routing::get(|| async {}));
        assert!(paths(&more).contains("/v1/undescribed"));

        for (path, methods) in described["paths"].as_object().unwrap() {
            for (method, told) in methods.as_object().unwrap() {
                let words = told["summary"].as_str().or(told["description"].as_str()).unwrap_or_default();
                assert!(!words.is_empty(), "{method} {path} is not put into words");
                assert!(told["responses"]["default"].is_object(), "{method} {path} tells no fault");
            }
        }
        // Nothing is pointed to that is not there.
        let schemas = described["components"]["schemas"].as_object().unwrap();
        let mut pointers = Vec::new();
        gather(&described, &mut pointers);
        for pointer in pointers {
            let name = pointer.strip_prefix("#/components/schemas/").unwrap();
            assert!(schemas.contains_key(name), "{pointer}");
        }
    }

    fn gather<'a>(value: &'a Value, pointers: &mut Vec<&'a str>) {
        match value {
            Value::Object(map) => {
                pointers.extend(map.get("$ref").and_then(Value::as_str));
                map.values().for_each(|value| gather(value, pointers));
            }
            Value::Array(list) => list.iter().for_each(|value| gather(value, pointers)),
            _ => {}
        }
    }
}
