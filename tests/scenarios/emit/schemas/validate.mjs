// Reads a JSON list of Kubernetes objects from stdin; prints a JSON list with what the schema of
// each one's kind says: "" when it is valid. The packages' own validators are compiled from the
// CRDs (package.json pins them). They accept unknown fields.

import { readFileSync } from "node:fs";

const packages = {
  "networking.istio.io": "@kubernetes-models/istio/",
  "gateway.networking.k8s.io": "@kubernetes-models/gateway-api/",
};

async function complaint(object) {
  const group = object.apiVersion.includes("/") ? object.apiVersion.split("/")[0] : "";
  const from = (packages[group] ?? "kubernetes-models/") + object.apiVersion + "/" + object.kind;
  const Model = (await import(from))[object.kind];
  try {
    new Model(object).validate();
    return "";
  } catch (error) {
    return error.message;
  }
}

const objects = JSON.parse(readFileSync(0, "utf8"));
console.log(JSON.stringify(await Promise.all(objects.map(complaint))));
