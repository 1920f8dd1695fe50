//! `partner.toml` through the list of calls: written, compared, taken.

use partner_core::error::ErrorCode;
use serde_json::{Value, json};

use crate::world::{World, id};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_version_is_written_compared_and_taken_field_by_field() {
    let data = tempfile::tempdir().unwrap();
    let desk = World::started(data.path()).await;
    let (project, version) = desk.with_complete_version().await;
    let of = json!({ "project": project, "version": version });
    let text = desk.get("manifest", of.clone()).await["text"].as_str().unwrap().to_owned();
    let check = async |text: &str| {
        desk.call("check_manifest", json!({ "project": project, "version": version, "text": text })).await
    };
    let fields = |check: &Value| -> Vec<String> {
        let fields = check["fields"].as_array().unwrap().iter();
        fields.map(|one| one["field"].as_str().unwrap().to_owned()).collect()
    };
    let same = check(&text).await.unwrap();
    assert_eq!((fields(&same), &same["details"]), (Vec::new(), &Value::Null), "{text}");
    assert_eq!(same["number"], "1.0.0");

    // Somebody changes the text elsewhere: one field is another, one is gone, one names a picture that is nowhere here.
    let changed = text
        .replace("\"Notes next to the call\"", "\"Notes beside the call\"")
        .replace("terms_of_service = \"https://a.example/terms\"\n", "");
    let picture = format!(
        "\n[[information.video]]\nurl = \"\"\ndescription = \"\"\n[information.video.file]\nsha256 = \"{}\"\nname = \"v.mp4\"\nmedia_type = \"video/mp4\"\nbytes = 4\n",
        "ab".repeat(32)
    );
    let drift = check(&(changed.clone() + &picture)).await.unwrap();
    assert_eq!(fields(&drift), ["listing_summary", "video", "terms_of_service"], "{drift}");
    let missing =
        drift["fields"].as_array().unwrap().iter().map(|one| one["file_missing"].as_bool().unwrap());
    assert_eq!(missing.collect::<Vec<_>>(), [false, true, false]);
    let shown = async || desk.get("version", of.clone()).await["information"].clone();
    assert_eq!(shown().await["listing_summary"]["value"], "Notes next to the call", "nothing is written yet");

    // All or none: one of them was changed here meanwhile.
    let take = async |fields: Value| {
        let args = json!({ "project": project, "version": version, "text": changed, "fields": fields });
        desk.call("take_manifest", args).await
    };
    let summary = |expects: &str| json!({ "field": "listing_summary", "expects": { "type": "text", "value": expects } });
    let terms = json!({ "field": "terms_of_service", "expects": { "type": "text", "value": "https://a.example/terms" } });
    let error = take(json!([terms, summary("as it never was")])).await.unwrap_err();
    assert_eq!(error.code, ErrorCode::Conflict);
    assert!(shown().await["terms_of_service"].is_object());
    take(json!([terms, summary("Notes next to the call")])).await.unwrap();
    let now = shown().await;
    assert_eq!(
        (&now["listing_summary"]["value"], &now["terms_of_service"]),
        (&json!("Notes beside the call"), &Value::Null)
    );
    assert_eq!(fields(&check(&changed).await.unwrap()), Vec::<String>::new(), "no drift is left");

    for (wrong, reason) in
        [("no text", "syntax"), ("format = 9", "too_new"), (&*text.replace("app_type", "app_kind"), "field")]
    {
        let error = check(wrong).await.unwrap_err();
        assert_eq!((error.code, error.params["reason"].as_str()), (ErrorCode::Invalid, reason));
    }
    let nowhere = json!({ "project": project, "version": id(), "text": text });
    assert_eq!(desk.call("check_manifest", nowhere).await.unwrap_err().code, ErrorCode::NotFound);
    desk.engine.close().await;
}
