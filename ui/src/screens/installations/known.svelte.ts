/** What is known here of an install, for the checks of its case. */
import { caseKnown, passed, project as projectPage, workspace } from "$ipc/client.ts";
import type { CaseView, InstallationView, WorkspaceView } from "$ipc/types.ts";
import { useQuery } from "$lib/query.svelte.ts";
import type { Known } from "./case.ts";

/** Whose install it is, of what: an installation, a case, or both. */
interface Of {
  installation?: InstallationView;
  announced?: CaseView;
}

export function useKnown(of: () => Of): { readonly known: Known; readonly office: WorkspaceView | undefined } {
  const office = useQuery(() => workspace());
  const relayed = useQuery(() => passed(), { keep: true });
  const project = $derived(of().installation?.listed.project ?? of().announced?.details.project ?? null);
  const customer = $derived(of().installation?.listed.customer ?? of().announced?.details.customer ?? null);
  // Texts, so that the same names are no other question.
  const accounts = $derived([of().installation?.account_id, of().installation?.listed.account, of().announced?.account].filter((name) => name !== undefined && name !== "").join("\n"));
  const page = useQuery(() => (project ? projectPage({ project }) : undefined));
  const facts = useQuery(() => caseKnown({ project, customer, accounts: accounts.split("\n") }));

  return {
    get known(): Known {
      return {
        announced: of().announced,
        project: project ? page.data : undefined,
        customer: office.data?.customers.find(({ id }) => id === customer),
        accounts: office.data?.accounts ?? [],
        facts: facts.data,
        passed: relayed.data,
      };
    },
    get office() {
      return office.data;
    },
  };
}
