//! Exporting a set of credentials: for whoever deploys it, as PEM, JSON or `.env`, to a file or the clipboard. Each
//! export is noted before it is made.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::command::RevealedSecret;
use domain::ids::InstallationId;
use domain::installation::{CredentialSet, Installation, Standing, rotations};
use domain::{AggregateRef, Body, Place};
use serde_json::json;

use super::{Engine, Error, ErrorCode};
use crate::ipc::installations::{ExportAs, ExportTo};
use crate::secret::Secret;
use crate::sync::SetSecrets;
use crate::vault::{self, Kind, Name, Vault};

/// Letters of base64 in a line of PEM (RFC 7468, section 2).
const PEM_LINE: usize = 64;

impl Engine {
    /// Exports a set; says where the file is, where it is one.
    pub(crate) async fn export_credentials(
        &self,
        id: InstallationId,
        client_id: &str,
        shape: ExportAs,
        to: ExportTo,
    ) -> Result<Option<String>, Error> {
        let known = self.installation(id).await?;
        let sets = rotations(&known);
        let set = sets.iter().find(|set| set.set.client_id == client_id).ok_or_else(Error::not_found)?.set;
        let secrets = self.set_secrets(&known, client_id, to == ExportTo::Clipboard).await?;
        let written = Exported { installation: &known, set, secrets: &secrets };
        let text = written.text(shape);
        let text = text.ok_or_else(|| Error::new(ErrorCode::Invalid).at(Place::input("private_key")))?;
        match to {
            ExportTo::Clipboard => {
                let copied = self.clipboard().copy_secret(text).await;
                copied.map(|()| None).map_err(super::desktop::clipboard_error)
            }
            ExportTo::File => {
                let ending = match shape {
                    ExportAs::Pem => "pem",
                    ExportAs::Json => "json",
                    ExportAs::Env => "env",
                };
                let account = Standing::of(&known).account_name;
                let name = format!("talkdesk-{account}-{client_id}.{ending}");
                let bytes = text.expose().clone().into_bytes();
                let path = self.save_private_file(&name, bytes).await?;
                Ok(Some(path.display().to_string()))
            }
        }
    }

    /// Both secrets of a set, after it was noted that somebody has them.
    async fn set_secrets(
        &self,
        known: &Installation,
        client_id: &str,
        copied: bool,
    ) -> Result<SetSecrets, Error> {
        let id = intake::credentials_id(known.id, client_id);
        let names = [Kind::InstallationSecret, Kind::InstallationKey].map(|kind| Name { kind, id });
        let held = self.with_vault(Vault::names).await?;
        let what = RevealedSecret::Credentials;
        if !names.iter().any(|name| held.contains(name)) {
            if !self.is_team() {
                return Err(Error::not_found().at(Place::input("secret")));
            }
            let kept = self.receiving()?.reveal(known, client_id, what, copied).await?;
            return kept.ok_or_else(|| Error::not_found().at(Place::input("secret")));
        }
        let opened = self.with_vault(move |vault| Ok([vault.open(names[0])?, vault.open(names[1])?]));
        let [client_secret, private_key] = opened.await?;
        let text = |secret: Option<Secret<Vec<u8>>>| {
            let text = secret.map(|secret| vault::text(&secret));
            text.map(|text| text.ok_or_else(|| Error::new(ErrorCode::VaultDamaged))).transpose()
        };
        let secrets = SetSecrets { client_secret: text(client_secret)?, private_key: text(private_key)? };
        let standing = Standing::of(known);
        let of = if standing.account_name.is_empty() { standing.account } else { standing.account_name };
        let workspace = AggregateRef::Workspace(self.workspace_id()?);
        self.change(workspace, Body::SecretNoteReveal { secret: what, of, copied }).await?;
        Ok(secrets)
    }
}

/// A set as it is written.
struct Exported<'a> {
    installation: &'a Installation,
    set: &'a CredentialSet,
    secrets: &'a SetSecrets,
}

impl Exported<'_> {
    /// It in this shape; none where there is no private key to write.
    fn text(&self, shape: ExportAs) -> Option<Secret<String>> {
        match shape {
            ExportAs::Pem => self.pem(),
            ExportAs::Json => Some(self.json()),
            ExportAs::Env => Some(self.env()),
        }
    }

    /// What the documentation asks to save of every installation (D/events-api), by the names of the event.
    fn fields(&self) -> Vec<(&'static str, String)> {
        let standing = Standing::of(self.installation);
        let authorization = self.installation.in_order().into_iter().rev();
        let authorization = authorization.map(|taken| &taken.event.authorization);
        let authorization = authorization.filter(|url| !url.is_empty()).map(String::as_str).next();
        let secret = |secret: &Option<Secret<String>>| {
            secret.as_ref().map(|secret| secret.expose().clone()).unwrap_or_default()
        };
        vec![
            ("installation_id", self.installation.talkdesk_id.clone()),
            ("account_id", standing.account),
            ("account_name", standing.account_name),
            ("client_id", self.set.client_id.clone()),
            ("client_secret", secret(&self.secrets.client_secret)),
            ("private_key", secret(&self.secrets.private_key)),
            ("public_key", self.set.public_key.clone()),
            ("key_id", self.set.key_id.clone()),
            ("key_algorithm", self.set.key_algorithm.clone()),
            ("api_url", standing.root),
            ("token_url", standing.tokens),
            ("authorization_url", authorization.unwrap_or_default().to_owned()),
        ]
    }

    /// The private key, which comes as base64 of PKCS#8 without its lines (OAS), with them: RFC 7468, section 10.
    fn pem(&self) -> Option<Secret<String>> {
        let key = self.secrets.private_key.as_ref()?.expose();
        if key.trim_start().starts_with("-----BEGIN ") {
            return Some(Secret::new(format!("{}\n", key.trim())));
        }
        let bare: String = key.split_whitespace().collect();
        STANDARD.decode(&bare).ok().filter(|der| !der.is_empty())?;
        let lines: Vec<&str> =
            (0..bare.len()).step_by(PEM_LINE).map(|at| &bare[at..bare.len().min(at + PEM_LINE)]).collect();
        let body = lines.join("\n");
        Some(Secret::new(format!("-----BEGIN PRIVATE KEY-----\n{body}\n-----END PRIVATE KEY-----\n")))
    }

    fn json(&self) -> Secret<String> {
        let mut object = serde_json::Map::new();
        for (name, value) in self.fields() {
            object.insert(name.to_owned(), json!(value));
        }
        let text = serde_json::to_string_pretty(&object).unwrap_or_default();
        Secret::new(format!("{text}\n"))
    }

    /// A line each, quoted so that neither a shell nor a reader of `.env` files takes anything in it for its own.
    fn env(&self) -> Secret<String> {
        let mut text = String::new();
        for (name, value) in self.fields() {
            text.push_str("TALKDESK_");
            text.push_str(&name.to_uppercase());
            text.push_str("=\"");
            for letter in value.chars() {
                match letter {
                    '\n' => text.push_str("\\n"),
                    '\r' => {}
                    '"' | '\\' | '$' | '`' => text.extend(['\\', letter]),
                    letter => text.push(letter),
                }
            }
            text.push_str("\"\n");
        }
        Secret::new(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::Timestamp;

    fn installation(account_name: &str) -> Installation {
        let mark = json!({ "by": domain::ids::MemberId::from_u128(1), "at": 0, "command": domain::ids::CommandId::from_u128(1) });
        let set = json!({ "client_id": "c-1", "key_id": "k-1", "key_algorithm": "ES256", "public_key": "MFkw", "has_secret": true, "has_private_key": true });
        serde_json::from_value(json!({
            "id": InstallationId::from_u128(1), "talkdesk_id": "i-1", "customer": null, "project": null, "matched": null,
            "events": [{ "id": "e-1", "happened_at": Timestamp(1), "what": { "type": "app.installed", "set": set },
                "installation": "i-1", "account": "a-1", "account_name": account_name, "root": "https://api.talkdeskapp.eu",
                "tokens": "https://a.talkdeskid.eu/oauth/token", "authorization": "https://a.talkdeskid.eu/oauth/authorize",
                "key_id": "s", "received": "relay", "mark": mark }],
            "created": mark,
        }))
        .unwrap()
    }

    fn exported(account_name: &str, key: &str, shape: ExportAs) -> Option<Secret<String>> {
        let installation = installation(account_name);
        let secrets = SetSecrets {
            client_secret: Some(Secret::new("hush$`\"\\".to_owned())),
            private_key: Some(Secret::new(key.to_owned())),
        };
        let sets = rotations(&installation);
        let set = sets[0].set;
        Exported { installation: &installation, set, secrets: &secrets }.text(shape)
    }

    #[test]
    fn a_private_key_becomes_pem_and_what_is_none_does_not() {
        let der = STANDARD.encode([7; 100]);
        let pem = exported("A", &der, ExportAs::Pem).unwrap();
        let lines: Vec<&str> = pem.expose().lines().collect();
        assert_eq!(
            (lines[0], lines[lines.len() - 1]),
            ("-----BEGIN PRIVATE KEY-----", "-----END PRIVATE KEY-----")
        );
        assert!(lines[1..lines.len() - 1].iter().all(|line| line.len() <= PEM_LINE));
        assert_eq!(lines[1..lines.len() - 1].concat(), der);
        // One that has its lines already keeps them.
        assert_eq!(exported("A", pem.expose(), ExportAs::Pem).unwrap().expose(), pem.expose());
        for none in ["", "no key", "====", "é"] {
            assert!(exported("A", none, ExportAs::Pem).is_none(), "{none}");
        }
    }

    #[test]
    fn what_stands_in_a_value_stays_in_it() {
        let name = "A \"$HOME\" `id`\nTALKDESK_API_URL=https://evil.example \\";
        let json = exported(name, "MIG", ExportAs::Json).unwrap();
        let read: serde_json::Value = serde_json::from_str(json.expose()).unwrap();
        assert_eq!((&read["account_name"], &read["client_secret"]), (&json!(name), &json!("hush$`\"\\")));
        assert_eq!(read["authorization_url"], "https://a.talkdeskid.eu/oauth/authorize");
        let env = exported(name, "MIG", ExportAs::Env).unwrap();
        assert_eq!(env.expose().lines().count(), 12, "a line each");
        assert!(env.expose().contains(r#"TALKDESK_CLIENT_SECRET="hush\$\`\"\\""#), "{}", env.expose());
        assert!(env.expose().contains(
            r#"TALKDESK_ACCOUNT_NAME="A \"\$HOME\" \`id\`\nTALKDESK_API_URL=https://evil.example \\""#
        ));
        assert_eq!(env.expose().matches("\nTALKDESK_API_URL=").count(), 1);
    }
}
