//! The TypeScript side of the list: every type that crosses, and a client with a function a call.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use ts_rs::{Config, TS, TypeVisitor};

use super::{CALLS, CallKind};

/// Types and calls as they are met.
pub struct Types {
    config: Config,
    declared: BTreeMap<String, String>,
    calls: BTreeMap<String, (String, String)>,
}

impl Types {
    /// Sees a call's arguments and reply.
    pub fn call<A: TS + 'static, R: TS + 'static>(&mut self, name: &str) {
        self.visit::<A>();
        self.visit::<R>();
        self.calls.insert(name.to_owned(), (A::name(&self.config), R::name(&self.config)));
    }
}

impl TypeVisitor for Types {
    fn visit<T: TS + 'static + ?Sized>(&mut self) {
        if T::output_path().is_some() {
            let name = T::ident(&self.config);
            if self.declared.contains_key(&name) {
                return;
            }
            let docs = T::docs().unwrap_or_default();
            self.declared.insert(name, format!("{docs}export {}\n", T::decl(&self.config)));
        }
        T::visit_dependencies(self);
        T::visit_generics(self);
    }
}

const HEAD: &str = "// Generated from src-tauri/core/src/ipc.rs by `cargo xtask types`. Do not edit.\n\n";

/// `types.ts` and `client.ts`, as they are committed.
pub fn generate() -> (String, String) {
    let mut types = Types {
        config: Config::new().with_large_int("number"),
        declared: BTreeMap::new(),
        calls: BTreeMap::new(),
    };
    types.visit::<crate::error::Error>();
    super::each_type(&mut types);

    let mut declared = HEAD.to_owned();
    for text in types.declared.values() {
        declared.push_str(text);
        declared.push('\n');
    }

    let mut client = HEAD.to_owned();
    client.push_str(
        "import { call, download, upload, write, type Ask } from \"./call.ts\";\nimport type * as t from \"./types.ts\";\n\n",
    );
    for spec in CALLS {
        let Some((args, reply)) = types.calls.get(spec.name) else { continue };
        let (args, reply) = (qualified(args), qualified(reply));
        let doc = spec.doc.trim();
        let name = camel(spec.name);
        let none = args == "t.Nothing";
        let (parameter, value) = if none { (String::new(), "{}") } else { (format!("args: {args}"), "args") };
        let by = match spec.kind {
            CallKind::Write => Some("write"),
            CallKind::Aside => Some("call"),
            CallKind::Download => Some("download"),
            CallKind::Upload | CallKind::Read => None,
        };
        let reply = if spec.kind == CallKind::Download { "ArrayBuffer".to_owned() } else { reply };
        let _ = if spec.kind == CallKind::Upload {
            let parameter = if none { parameter } else { format!("{parameter}, ") };
            writeln!(
                client,
                "/** {doc} */\nexport const {name} = ({parameter}bytes: ArrayBuffer): Promise<{reply}> =>\n  upload(\"{}\", {value}, bytes) as Promise<{reply}>;\n",
                spec.name
            )
        } else if let Some(by) = by {
            writeln!(
                client,
                "/** {doc} */\nexport const {name} = ({parameter}): Promise<{reply}> =>\n  {by}(\"{}\", {value}) as Promise<{reply}>;\n",
                spec.name
            )
        } else {
            let tags: Vec<String> = spec.tags.iter().map(|tag| format!("\"{tag}\"")).collect();
            writeln!(
                client,
                "/** {doc} */\nexport const {name} = ({parameter}): Ask<{reply}> => ({{\n  tags: [{}],\n  read: () => call(\"{}\", {value}) as Promise<{reply}>,\n}});\n",
                tags.join(", "),
                spec.name
            )
        };
    }
    (declared, client.trim_end().to_owned() + "\n")
}

/// Puts the namespace before each of our types' names.
fn qualified(name: &str) -> String {
    match name.strip_prefix("Array<").and_then(|rest| rest.strip_suffix('>')) {
        Some(inner) => format!("Array<{}>", qualified(inner)),
        None => format!("t.{name}"),
    }
}

fn camel(name: &str) -> String {
    let mut words = name.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |mut text, word| {
        let mut letters = word.chars();
        text.extend(letters.next().map(|letter| letter.to_ascii_uppercase()));
        text.push_str(letters.as_str());
        text
    })
}
