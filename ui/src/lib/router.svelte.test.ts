/** Going, back and forward, and where the focus lands: what keyboard and screen-reader users navigate by. */
import { beforeEach, describe, expect, it } from "vitest";
import type { Route } from "../screens/routes.ts";
import { router } from "./router.svelte.ts";

/** The router knows nothing of a route but that it can be compared, so any names do. */
const place = (name: string, more: object = {}) => ({ name, ...more }) as unknown as Route;
const names = () => router.route.name as string;

beforeEach(async () => {
  document.body.innerHTML = "<div data-sheet><h1>Heading</h1></div>";
  await router.reset();
});

describe("router", () => {
  it("goes, comes back and goes forward again", async () => {
    await router.go(place("a"));
    await router.go(place("b"));
    await router.back();
    expect(names()).toBe("a");
    await router.forward();
    expect(names()).toBe("b");
    await router.back();
    await router.go(place("c"));
    expect(router.canGoForward).toBe(false);
    await router.back();
    expect(names()).toBe("a");
  });

  it("adds no step for the place where it already is, for an amended one, or for a replaced one", async () => {
    await router.go(place("a"));
    await router.go(place("a"));
    router.amend(place("a", { tab: "links" }));
    await router.go(place("b"), { replace: true });
    await router.back();
    expect(names()).toBe("home");
    expect(router.canGoBack).toBe(false);
  });

  it("moves the focus to the heading", async () => {
    await router.go(place("a"));
    expect(document.activeElement?.tagName).toBe("H1");
  });

  it("stays while a guard says so", async () => {
    const release = router.guard(() => false);
    await router.go(place("a"));
    expect(names()).toBe("home");
    release();
    await router.go(place("a"));
    expect(names()).toBe("a");
  });

  it("remembers a bounded way", async () => {
    for (let i = 0; i < 250; i++) await router.go(place("a", { i }));
    let steps = 0;
    while (router.canGoBack) {
      await router.back();
      steps += 1;
    }
    expect(steps).toBe(99);
  });
});
