"""What texts do to images: each kind of file in the syntax that its own documentation shows."""

from __future__ import annotations

import time

import pytest

from cmlint.manifest.images import images_in
from cmlint.model.facts import ImageFact


def done(text: str) -> list[str]:
    """What a text does itself, without what it passes to other files or takes from them."""
    return [told(fact) for fact in images_in(text) if fact.deed not in ("open", "calls", "sets")]


def told(fact: ImageFact) -> str:
    """A fact in one line."""
    where = "".join(f" {name}={value}" for name, value in described(fact) if value)
    return f"{fact.line} {fact.deed} {fact.name}:{fact.tag}{where}"


def described(fact: ImageFact) -> tuple[tuple[str, str], ...]:
    """What a fact says besides."""
    return (
        ("workload", fact.workload),
        ("container", fact.container),
        ("was", fact.was),
        ("files", ",".join(fact.files)),
    )


COMMANDS = {
    "docker push org/app:dev": ["1 pushed org/app:dev"],
    "podman push org/app:dev": ["1 pushed org/app:dev"],
    "buildah push org/app:dev docker://quay.io/org/app:dev": ["1 pushed org/app:dev", "1 pushed quay.io/org/app:dev"],
    "nerdctl push org/app": ["1 pushed org/app:"],
    "sudo docker image push -q org/app:dev": ["1 pushed org/app:dev"],
    "/usr/bin/docker --config /tmp/x push org/app:dev": ["1 pushed org/app:dev"],
    "docker build -t org/app:dev . && docker push org/app:dev": ["1 built org/app:dev", "1 pushed org/app:dev"],
    "docker build --tag=org/app:dev .\ndocker push -a org/app": ["1 pushed org/app:dev"],
    "docker buildx build --platform linux/amd64,linux/arm64 --push -t org/app:dev .": ["1 pushed org/app:dev"],
    "docker buildx build --output type=registry --tag org/app:dev .": ["1 pushed org/app:dev"],
    "docker buildx build -t org/app:dev --load .": ["1 built org/app:dev"],
    "docker build \\\n  -t org/app:dev \\\n  --push .": ["1 pushed org/app:dev"],
    "docker manifest push org/app:dev": ["1 pushed org/app:dev"],
    "docker buildx imagetools create -t org/app:dev org/app:$SHA": ["1 pushed org/app:dev"],
    "docker compose -f compose.yaml push": ["1 pushed {compose}:"],
    "docker-compose push web": ["1 pushed {compose}:"],
    "docker buildx bake --push": ["1 pushed {bake}:"],
    "skopeo copy docker-archive:a.tar docker://quay.io/org/app:dev": ["1 pushed quay.io/org/app:dev"],
    "crane push app.tar org/app:dev": ["1 pushed org/app:dev"],
    "crane tag org/app:$SHA dev": ["1 pushed org/app:dev"],
    "pack build org/app:dev --publish": ["1 pushed org/app:dev"],
    "az acr build --registry shop --image app:dev .": ["1 pushed shop.azurecr.io/app:dev"],
    "az acr build -r shop.azurecr.io -t app:dev .": ["1 pushed shop.azurecr.io/app:dev"],
    "gcloud builds submit --tag gcr.io/shop/app:dev": ["1 pushed gcr.io/shop/app:dev"],
    "gcloud builds submit -t gcr.io/shop/app": ["1 pushed gcr.io/shop/app:"],
    "/kaniko/executor --context . --destination=org/app:dev": ["1 pushed org/app:dev"],
    "args:\n- --destination=org/app:dev\n": ["2 pushed org/app:dev"],
    "args: ['--destination', 'org/app:dev']": ["1 pushed org/app:dev"],
    "mvn compile jib:build -Djib.to.image=org/app:dev": ["1 pushed org/app:dev"],
    "buildctl build --output type=image,name=org/app:dev,push=true": ["1 pushed org/app:dev"],
    "ibmcloud cr build --tag us.icr.io/org/app:dev .": ["1 pushed us.icr.io/org/app:dev"],
    "oc new-build --name app --binary --strategy docker --to app:1 -l app=app": [
        "1 pushed image-registry.openshift-image-registry.svc:5000/*/app:1",
        "1 pushed docker-registry.default.svc:5000/*/app:1",
    ],
    "KO_DOCKER_REPO=quay.io/org ko build -B --tags dev,edge ./cmd/app": [
        "1 pushed quay.io/org/app:dev",
        "1 pushed quay.io/org/app:edge",
    ],
    "KO_DOCKER_REPO=quay.io/org/app\nko build --bare .": ["2 pushed quay.io/org/app:latest"],
    "ko build ./cmd/app": [],
    "KO_DOCKER_REPO=quay.io/org ko build -B -L ./cmd/app": ["1 loaded ko.local/app:latest"],
    "KO_DOCKER_REPO=quay.io/org ko resolve -f config": [],
    "KO_DOCKER_REPO=quay.io/org ko create -B -t dev -f config": ["1 pushed quay.io/org/*:dev"],
    "mvn docker:push": ["1 pushed {maven}:"],
    "./mvnw -B io.fabric8:docker-maven-plugin:push": ["1 pushed {maven}:"],
    "mvn k8s:push -Djkube.image.name=org/app:dev": ["1 pushed org/app:dev"],
    "mvn k8s:build -Djkube.image.name=org/app:dev": [],
    # loaded onto nodes
    "kind load docker-image app:dev other:dev --name c": ["1 loaded app:dev", "1 loaded other:dev"],
    "kind --name c load docker-image app:dev": ["1 loaded app:dev"],
    "minikube image load app:dev": ["1 loaded app:dev"],
    "minikube -p test image load app:dev": ["1 loaded app:dev"],
    "minikube image build -t app:dev .": ["1 loaded app:dev"],
    "minikube cache add app:dev": ["1 loaded app:dev"],
    "eval $(minikube docker-env)\ndocker build -t app:dev .": ["2 loaded app:dev"],
    'eval "$(minikube -p test docker-env)"\ndocker build -t app:dev .': ["2 loaded app:dev"],
    "k3d image import app:dev -c test": ["1 loaded app:dev"],
    "k3d images import -c test app:dev": ["1 loaded app:dev"],
    "docker save app:dev | sudo k3s ctr images import -": ["1 loaded app:dev"],
    "docker save app:dev -o a.tar\nmicrok8s ctr image import a.tar": ["1 loaded app:dev"],
    "docker save -o a.tar app:dev\nkind load image-archive a.tar": ["1 loaded app:dev"],
    "docker save app:dev | docker exec -i minikube docker load": ["1 loaded app:dev"],
    "docker save app:dev | docker exec web sh": [],
    'IMAGE="${1:-app:dev}"\ndocker save "$IMAGE" | docker exec -i "$NODE" docker load': ["2 loaded app:dev"],
    'kind load docker-image "${1:-app:dev}"': ["1 loaded app:dev"],
    "docker save app:dev > a.tar": [],
    "nerdctl -n k8s.io build -t app:dev .": ["1 loaded app:dev"],
    "nerdctl --namespace=k8s.io build -t app:dev .": ["1 loaded app:dev"],
    # put into manifests
    "kubectl set image deployment/web app=org/app:$TAG": ["1 replaced org/app:* workload=deployment/web container=app"],
    "kubectl -n x set image deploy web app=org/app:1": ["1 replaced org/app:1 workload=deploy/web container=app"],
    "oc set image dc/web *=org/app:1": ["1 replaced org/app:1 workload=dc/web container=*"],
    "kubectl set image --namespace x deployment.apps/web app=org/app:1 --record": [
        "1 replaced org/app:1 workload=deployment/web container=app"
    ],
    "gcloud deploy releases create r --images=app=org/app:$SHA,org/web:1": [
        "1 replaced org/app:* was=app",
        "1 replaced org/web:1 was=org/web",
    ],
    "skaffold render --images app=org/app:1 > k8s.yaml": ["1 replaced org/app:1 was=app"],
    "skaffold build --images app=org/app:1": [],
    "kubectl rollout restart deployment/web -n x": ["1 restarted : workload=deployment/web"],
    "kubectl rollout restart deployment web": ["1 restarted : workload=deployment/web"],
    'kubectl patch deploy web -p \'{"spec": {"containers": [{"image": "org/app:1"}]}}\'': [
        "1 replaced org/app:1 workload=deploy/web"
    ],
    "cd deploy/dev && kustomize edit set image app=org/app:$SHA": ["1 replaced org/app:* was=app files=deploy/dev"],
    "kustomize edit set image org/app:$SHA": ["1 replaced org/app:* was=org/app"],
    "kustomize edit set image registry:5000/app:$SHA": ["1 replaced registry:5000/app:* was=registry:5000/app"],
    "kustomize edit set image org/app=*:$SHA": ["1 replaced *:* was=org/app"],
    "kustomize edit set image org/app@sha256:$DIGEST": ["1 replaced org/app:* was=org/app"],
    "sed -i 's|org/app:dev|org/app:'$SHA'|' k8s/web.yaml": ["1 replaced org/app:* was=org/app:dev files=k8s/web.yaml"],
    'sed -i "s#image: .*#image: org/app:${SHA}#g" k8s/web.yaml': [
        "1 replaced org/app:* was=image: * files=k8s/web.yaml"
    ],
    "sed -e 's/:latest/:'$TAG'/' k8s/web.yaml | kubectl apply -f -": ["1 replaced :* was=:latest files=k8s/web.yaml"],
    "sed -i 's/foo/bar/' notes.txt": [],
    "yq -i '.spec.template.spec.containers[0].image = \"org/app:1\"' k8s/web.yaml": [
        "1 replaced org/app:1 was=.spec.template.spec.containers[0].image files=k8s/web.yaml"
    ],
    "yq '.spec.image = \"org/app:1\"' k8s/web.yaml": [],
    "helm upgrade --install web ./chart --set image.tag=$SHA": ["1 replaced :* was=image.tag files=./chart"],
    "helm upgrade -i web ./chart -n x --set-string a.image.tag=1,b=2": ["1 replaced :1 was=a.image.tag files=./chart"],
    # what only looks like it
    "echo 'now run docker push org/app:dev'": [],
    "    steps:\n      - run: echo 'docker push org/app:dev'": [],
    "script:\n  - echo docker push org/app:dev": [],
    'script: "echo docker push org/app:dev"': [],
    "script:\n  - echo begin && docker push org/app:dev": ["2 pushed org/app:dev"],
    "      - run: docker push org/app:dev": ["1 pushed org/app:dev"],
    "# docker push org/app:dev": [],
    "  # - docker push org/app:dev": [],
    "@echo docker push org/app:dev": [],
    "docker pushed org/app:dev": [],
    "docker pull org/app:dev": [],
    "docker push $IMAGE": [],
    "git push origin main": [],
}


@pytest.mark.parametrize("text", COMMANDS)
def test_commands(text: str) -> None:
    assert done(text) == COMMANDS[text]


HEREDOC = """#!/bin/sh
kind create cluster --config - <<EOF
apiVersion: kind.x-k8s.io/v1alpha4
EOF
kind load docker-image app:dev
"""


def test_a_script_may_have_a_manifest_in_it() -> None:
    assert [told(fact) for fact in images_in(HEREDOC, script=True)] == ["5 loaded app:dev"]
    assert images_in(HEREDOC) == ()


VARIABLES = {
    "IMG ?= org/app:dev\npush:\n\tdocker push $(IMG)\n": ["3 pushed org/app:dev"],
    "IMG := $(REG)/app:$(TAG)\nREG = quay.io/org\nTAG=dev\npush:\n\t$(DOCKER) push ${IMG}\n": [
        "5 pushed quay.io/org/app:dev"
    ],
    "IMG ?= org/app:dev\n# (i.e. make push IMG=other/app:1.0)\npush:\n\tdocker push $(IMG)\n": ["4 pushed org/app:dev"],
    "TAG=dev\ndocker push org/app:$TAG\n": ["2 pushed org/app:dev"],
    'export TAG="dev"\ndocker push "org/app:${TAG}"\n': ["2 pushed org/app:dev"],
    "if x; then TAG=dev; else TAG=prod; fi\ndocker push org/app:$TAG\n": ["2 pushed org/app:*"],
    "if x; then\n  TAG=dev\nelse\n  TAG=prod\nfi\ndocker push org/app:$TAG\n": [
        "6 pushed org/app:dev",
        "6 pushed org/app:prod",
    ],
    "if x; then\n  TAG=dev\nelse\n  TAG=$2\nfi\ndocker push org/app:$TAG\n": ["6 pushed org/app:*"],
    "if x; then\n  A=a/a\n  T=dev\nelse\n  A=b/b\n  T=prod\nfi\ndocker push $A:$T\n": [
        "8 pushed a/a:dev",
        "8 pushed b/b:prod",
    ],
    '- run: echo "TAG=dev" >> $GITHUB_ENV\n- run: docker push org/app:${{ env.TAG }}\n': ["2 pushed org/app:dev"],
    "- run: echo TAG=${SHA} >> $GITHUB_ENV\n- run: docker push org/app:${{ env.TAG }}\n": ["2 pushed org/app:*"],
    "a:\n- export TAG=dev\n- docker push org/app:$TAG\nb:\n- export TAG=prod\n- docker push org/app:$TAG\n": [
        "3 pushed org/app:dev",
        "6 pushed org/app:prod",
    ],
    "TAG=a\n# TAG=b\necho $TAG\nTAG=c\ndocker push org/app:$TAG\n": ["5 pushed org/app:c"],
    "docker push org/app:$TAG\nTAG=a\nTAG=b\n": ["1 pushed org/app:*"],
    "TAG=$(git rev-parse HEAD)\ndocker push org/app:$TAG\n": ["2 pushed org/app:*"],
    "env:\n  IMAGE: org/app\njobs:\n  a:\n    steps:\n    - run: docker push ${{ env.IMAGE }}:dev\n": [
        "6 pushed org/app:dev"
    ],
    "jobs:\n- run: docker push ghcr.io/${{ github.repository }}:dev\n": ["2 pushed ghcr.io/{repository}:dev"],
    "push:\n- docker push $CI_REGISTRY_IMAGE:dev\n": ["2 pushed */{name}:dev"],
    "push:\n- docker push $CI_REGISTRY_IMAGE/web:$CI_COMMIT_REF_SLUG\n": ["2 pushed */{name}/web:{branch}"],
    'image := "org/app:dev"\npush:\n  docker push {{image}}\n': ["3 pushed org/app:dev"],
    "vars: {IMAGE: org/app, TAG: dev}\ntasks:\n  push:\n    cmds:\n    - docker push {{.IMAGE}}:{{.TAG}}\n": [
        "5 pushed org/app:dev"
    ],
    "variables: {TAG: 'v1', IMAGE: \"${CI_REGISTRY}/a\"}\npush:\n- docker push $IMAGE:$TAG\n": ["3 pushed */a:v1"],
    "vars:\n  IMAGE: org/app:dev\ntasks:\n  push:\n    cmds:\n    - docker push {{.IMAGE}}\n": ["6 pushed org/app:dev"],
    "environment {\n  IMAGE = 'org/app' // ours\n}\nsh \"docker push ${IMAGE}:dev\"\n": ["4 pushed org/app:dev"],
    "URL=http://x\ndocker push $URL/app:dev\n": ["2 pushed x/app:dev"],
    "env:\n  TAG: ${{ vars.TAG || 'dev' }}\n- run: docker push org/app:${{ env.TAG }}\n": ["3 pushed org/app:dev"],
    "env:\n  TAG: \"${{ vars.TAG || 'dev' }}\"\n- run: docker push org/app:${{ env.TAG }}\n": ["3 pushed org/app:dev"],
    "- run: docker push org/app:${{ env.TAG || 'dev' }}\nenv:\n  TAG: ci\n": ["1 pushed org/app:ci"],
    "- run: docker push org/app:${{ steps.x.outputs.tag || 'dev' }}\n": ["1 pushed org/app:*"],
    "push:\n- docker push ghcr.io/org/${{ github.event.repository.name }}:dev\n": ["2 pushed ghcr.io/org/{name}:dev"],
    "push:\n- docker push reg.io/$CI_PROJECT_PATH:dev\n": ["2 pushed reg.io/*/{name}:dev"],
    "push:\n- docker push reg.io/$CI_REPO_OWNER/$CI_REPO_NAME:dev\n": ["2 pushed reg.io/{owner}/{name}:dev"],
    "A=$A\ndocker push org/app:$A\n": ["2 pushed org/app:*"],
    "A=$B\nB=$A\ndocker push org/app:$A\n": ["3 pushed org/app:*"],
}


@pytest.mark.parametrize(
    "text",
    [
        "for s in api web; do docker push reg.io/$s:dev; done",
        'for s in "api" "web"; do\n  docker push reg.io/${s}:dev\ndone',
        "for s in api web\ndo\n  docker push reg.io/$s:dev\ndone",
        "for s in old new; do :; done\nfor s in api web; do docker push reg.io/$s:dev; done",
        'SERVICES=(api web)\nfor s in "${SERVICES[@]}"; do\n  docker push reg.io/$s:dev\ndone',
        'SERVICES=(\n  api\n  web\n)\nfor s in "${SERVICES[@]}"; do\n  docker push reg.io/$s:dev\ndone',
        'SERVICES="api web"\nfor s in $SERVICES; do docker push reg.io/$s:dev; done',
        'variables:\n  SERVICES: "api web"\na:\n  script:\n  - for s in $SERVICES; do docker push reg.io/$s:dev; done',
        "SERVICES := api web\npush:\n\tfor s in $(SERVICES); do docker push reg.io/$$s:dev; done\n",
        "SERVICES := api web\npush:\n\t@for s in $(SERVICES); do \\\n\t\tdocker push reg.io/$$s:dev; \\\n\tdone\n",
        "$services = @('api', 'web')\nforeach ($s in $services) {\n  docker push \"reg.io/${s}:dev\"\n}\n",
        "foreach ($s in 'api', 'web')\n{\n  docker push reg.io/${s}:dev\n}\n",
        "def all = ['api', 'web']\nfor (s in all) {\n  sh \"docker push reg.io/${s}:dev\"\n}\n",
        "for (String s : ['api', 'web']) {\n  sh \"docker push reg.io/${s}:dev\"\n}\n",
        "['api', 'web'].each { s ->\n  sh \"docker push reg.io/${s}:dev\"\n}\n",
        "def all = ['api', 'web']\nall.each { s ->\n  sh \"docker push reg.io/${s}:dev\"\n}\n",
        "a:\n  cmds:\n  - for: [api, web]\n    cmd: docker push reg.io/{{.ITEM}}:dev\n",
        "def all = ['api', 'web']\nfor (s in all) {\n  def it = \"reg.io/${s}:dev\"\n  docker.image(it).push()\n}\n",
    ],
)
def test_loops(text: str) -> None:
    assert [line.partition(" ")[2] for line in done(text)] == ["pushed reg.io/api:dev", "pushed reg.io/web:dev"]


@pytest.mark.parametrize(
    "text",
    [
        "for s in $(ls services); do docker push reg.io/$s:dev; done",
        "for s in $SERVICES; do docker push reg.io/$s:dev; done",
        "S=a\nS=b\nfor s in $S; do docker push reg.io/$s:dev; done",
        "docker push reg.io/$s:dev\nfor s in $(ls); do :; done",
        'for (s in all) {\n  sh "docker push reg.io/${s}:dev"\n}\n',
        "def all = [api: 'a', web: 'b']\nall.each { s ->\n  sh \"docker push reg.io/${s}:dev\"\n}\n",
        'all.each { s, tag ->\n  sh "docker push reg.io/${s}:dev"\n}\n',
    ],
)
def test_a_loop_over_what_is_not_known(text: str) -> None:
    assert [line.partition(" ")[2] for line in done(text)] == ["pushed reg.io/*:dev"]


@pytest.mark.parametrize("text", VARIABLES)
def test_variables(text: str) -> None:
    assert done(text) == VARIABLES[text]


GUARDED = {
    'REG=local\nif [ "$REG" != "local" ]; then\n  docker push $REG/app:dev\nfi\n': [],
    'REG=${REG:-local}\nif [[ "${REG}" != local ]]\nthen\n  docker push $REG/app:dev\nfi\n': [],
    "REG=local\nIMAGE=$REG/app:dev\nif [ $REG != local ]; then docker push $IMAGE; fi\n": [],
    'REG=local\nif [ "$REG" = "local" ]; then\n  :\nelse\n  docker push $REG/app:dev\nfi\n': [],
    'TAG=dev\nif [ "$TAG" == "latest" ]; then\n  docker push org/app:$TAG\nfi\n': [],
    # the value leads to it
    'REG=quay.io/org\nif [ "$REG" != "local" ]; then\n  docker push $REG/app:dev\nfi\n': [
        "3 pushed quay.io/org/app:dev"
    ],
    'TAG=dev\nif [ "$TAG" = "dev" ]; then\n  docker push org/app:$TAG\nfi\n': ["3 pushed org/app:dev"],
    # it is behind, or in a branch of which nothing is known
    'REG=local\nif [ "$REG" != local ]; then\n  :\nfi\ndocker push $REG/app:dev\n': ["5 pushed local/app:dev"],
    'REG=local\nif [ "$REG" != local ]; then\n  :\nelif x; then\n  docker push $REG/app:dev\nfi\n': [
        "5 pushed local/app:dev"
    ],
    # the command has no such variable, or its value is not known
    'ENV=${ENV:-dev}\nif [ "$ENV" = prod ]; then\n  docker push org/app:prod\nfi\n': ["3 pushed org/app:prod"],
    'if [ "$REG" != local ]; then\n  docker push $REG/app:dev\nfi\n': ["2 pushed */app:dev"],
}


@pytest.mark.parametrize("text", GUARDED)
def test_a_value_may_keep_a_command_from_being_run(text: str) -> None:
    assert done(text) == GUARDED[text]


BUILD = """on:
  push:
    branches: [develop]
jobs:
  a:
    steps:
    - id: meta
      uses: docker/metadata-action@v5
      with:
        images: |
          org/app
        tags: |
          {tags}
    - uses: docker/build-push-action@v6
      with:
        push: true
        tags: ${{{{ steps.meta.outputs.tags }}}}
"""


@pytest.mark.parametrize(
    ("tags", "pushed"),
    [
        ("type=raw,value=dev", ["dev"]),
        ("dev", ["dev"]),
        ("type=ref,event=branch", ["develop"]),
        ("type=edge", ["edge"]),
        ("type=schedule", ["nightly"]),
        ("type=sha", []),
        ("type=semver,pattern={{version}}", ["latest"]),
        ("type=semver,pattern={{version}}\n          type=raw,value=dev,suffix=-x", ["dev-x", "latest"]),
        ("type=raw,value=dev,enable=false", []),
        ("type=raw,value=latest,enable={{is_default_branch}}", ["latest"]),
    ],
)
def test_metadata(tags: str, pushed: list[str]) -> None:
    found = images_in(BUILD.format(tags=tags))
    assert [(fact.deed, fact.name, fact.tag) for fact in found] == [("pushed", "org/app", tag) for tag in pushed]


def step(uses: str, given: str) -> str:
    """A workflow with one step."""
    return f"jobs:\n  a:\n    steps:\n    - uses: {uses}\n      with:\n" + "".join(
        f"        {line}\n" for line in given.splitlines()
    )


FILES = {
    step("docker/build-push-action@v6", "push: true\ntags: org/app:dev,org/app:edge"): [
        "7 pushed org/app:dev",
        "7 pushed org/app:edge",
    ],
    step("docker/build-push-action@v6", "push: true\ntags: |\n  org/app:dev\n  org/app:edge"): [
        "8 pushed org/app:dev",
        "9 pushed org/app:edge",
    ],
    step("docker/build-push-action@v6", "push: ${{ github.event_name != 'pull_request' }}\ntags: org/app:dev"): [
        "7 pushed org/app:dev"
    ],
    step("docker/build-push-action@v6", "push: false\ntags: org/app:dev"): ["7 built org/app:dev"],
    step("docker/build-push-action@v6", "tags: org/app:dev"): ["6 built org/app:dev"],
    step("docker/build-push-action@v6", "outputs: type=registry\ntags: org/app:dev"): ["7 pushed org/app:dev"],
    step("docker/build-push-action@v1", "repository: org/app\ntags: dev"): ["6 pushed org/app:dev"],
    step("redhat-actions/push-to-registry@v2", "image: app\ntags: dev\nregistry: quay.io/org"): [
        "6 pushed quay.io/org/app:dev"
    ],
    step("docker/bake-action@v5", "push: true"): ["4 pushed {bake}:"],
    step("azure/k8s-deploy@v5", "images: org/app:${{ github.sha }}"): ["6 replaced org/app:*"],
    # other pipelines
    "steps:\n- task: Docker@2\n  inputs:\n    command: buildAndPush\n    repository: org/app\n    tags: dev\n": [
        "6 pushed */org/app:dev"
    ],
    "steps:\n- task: Docker@2\n  inputs:\n    command: login\n    repository: org/app\n    tags: dev\n": [],
    "steps:\n- name: build\n  image: plugins/docker\n  settings:\n    repo: org/app\n    tags: [dev]\n": [
        "5 pushed org/app:dev"
    ],
    "steps:\n- name: build\n  image: woodpeckerci/plugin-docker-buildx\n  settings:\n    repo: org/app\n": [
        "5 pushed org/app:latest"
    ],
    "steps:\n- name: gcr.io/cloud-builders/docker\n  args: [push, gcr.io/shop/app:dev]\n": [
        "3 pushed gcr.io/shop/app:dev"
    ],
    "steps:\n- name: gcr.io/cloud-builders/docker\n  args: [build, .]\nimages:\n- gcr.io/shop/app:dev\n": [
        "5 pushed gcr.io/shop/app:dev"
    ],
    "steps:\n- name: gcr.io/google.com/cloudsdktool/cloud-sdk\n  entrypoint: gcloud\n"
    "  args: [deploy, releases, create, r, '--images=app=gcr.io/shop/app:$SHORT_SHA']\n": [
        "4 replaced gcr.io/shop/app:* was=app"
    ],
    "steps:\n- name: google.com/cloudsdktool/cloud-sdk\n  entrypoint: gcloud\n  args: [deploy, releases, list]\n": [],
    "workflows:\n  a:\n    jobs:\n    - docker/publish:\n        image: org/app\n        tag: dev\n": [
        "4 pushed */org/app:dev"
    ],
    "- step:\n    script:\n    - pipe: atlassian/aws-ecr-push-image:2.4.0\n"
    "      variables:\n        IMAGE_NAME: app\n        TAGS: dev\n": ["5 pushed */app:dev"],
    "node {\n  def app = docker.build('org/app')\n  app.push('dev')\n}\n": ["3 pushed org/app:dev"],
    'docker.withRegistry("https://quay.io", "x") {\n  docker.build("org/app:dev").push()\n}\n': [
        "2 pushed org/app:dev",
        "2 pushed quay.io/org/app:dev",
    ],
    # what builds
    "services:\n  web:\n    build: .\n    image: org/app:dev\n  db:\n    image: postgres\n": ["4 built org/app:dev"],
    "docker_build('org/app', '.')\n": ["1 replaced org/app:*"],
    "custom_build(\n  'org/app',\n  'make')\n": ["2 replaced org/app:*"],
    "image:\n  SAVE IMAGE --push org/app:dev\n": ["2 pushed org/app:dev"],
    "releases:\n- name: web\n  chart: charts/web\n  values: [web.yaml]\n- name: db\n  chart: charts/db\n": [
        "3 replaced :* was=* files=charts/web"
    ],
    "releases:\n- name: web\n": [],
    "jobs:\n  releases:\n    chart: charts/web\n    values: []\n": [],
    "image:\n  SAVE IMAGE org/app:dev\n": ["2 built org/app:dev"],
    'bake: |\n  {"target": {"app": {"tags": ["org/app:dev"]}}}\n': ["2 built org/app:dev"],
    'target "app" {\n  tags = ["org/app:dev"]\n}\n': ["2 built org/app:dev"],
    "<plugin><artifactId>jib-maven-plugin</artifactId><configuration><to>\n<image>org/app:dev</image>\n</to>": [
        "2 pushed org/app:dev"
    ],
    "jib {\n  to {\n    image = 'org/app'\n    tags = ['dev']\n  }\n}\n": ["2 pushed org/app:", "2 pushed org/app:dev"],
    # manifests
    "apiVersion: skaffold/v4beta11\nkind: Config\nbuild:\n  artifacts:\n  - image: org/app\n": ["5 replaced org/app:*"],
    "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata:\n  annotations:\n"
    "    argocd-image-updater.argoproj.io/image-list: app=org/app:~1.0, org/web\n": [
        "5 replaced org/app:*",
        "5 replaced org/web:*",
    ],
    "apiVersion: tekton.dev/v1\nkind: PipelineRun\nspec:\n  params:\n  - {name: IMAGE, value: 'org/app:dev'}\n"
    "  taskRef: {name: kaniko}\n": ["5 pushed org/app:dev"],
    "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - command: [sh, -c, 'docker push org/app:dev']\n": [],
}


@pytest.mark.parametrize("text", FILES)
def test_files(text: str) -> None:
    assert done(text) == FILES[text]


def test_what_a_login_on_the_line_says_is_masked() -> None:
    text = "docker login -u me -p hunter2 quay.io && docker push quay.io/org/app:dev\n"
    (fact,) = images_in(text)
    assert [text[span.start : span.end] for span in fact.masked] == ["me", "hunter2"]


def test_a_line_of_many_commands_takes_no_time() -> None:
    begin = time.process_time()
    for text in (
        "docker push org/app:dev && ",
        "docker push ",
        "echo docker push ",
        "$A docker push $A ",
        "sed s/",
        "x=y ",
        "$$$$$$$$",
        "make push TAG=$A ",
        "./push.sh $A ",
        "\n\tA=x\n\tA=y\n\tdocker push b:$A",
    ):
        images_in(f"docker push a:b {text * 10_000}")
    assert time.process_time() - begin < 10


def test_what_a_program_has_written_is_not_read() -> None:
    command = '"docker push org/app:dev"'
    assert len(images_in(f"[{command}]")) == len(images_in(f"{command}{' ' * 290_000}")) == 1
    assert images_in(f"[{command}]{' ' * 50_000}") == images_in(f"{command}{' ' * 300_000}") == ()


PASSED = {
    'push tag env="x":\n  docker push org/app:{{tag}}\nother:\n  docker push org/app:{{tag}}\n': [
        "2 open org/app:{-tag}: was=push given=tag={-1},env={-2}",
        "4 open org/app:{-tag}:",
    ],
    "- run: just -f ci/justfile push dev hunter2\n": ["1 calls : was=push given=1=dev,2=*"],
    "- run: just env=prod push\n": ["1 calls : was=push given=env=prod"],
    "- run: just push\n": [],
    "IMG ?= org/app:$(TAG)\nTAG = 1\npush: build\n\tdocker push $(IMG)\n": [
        "4 open {-IMG}: was=push given=IMG=org/app:{-TAG},TAG=1"
    ],
    "docker push org/app:${1:-dev}\n": ["1 open org/app:{-1}: given=1=dev"],
    "TAG=$2\ndocker push org/app:$TAG\n": ["2 open org/app:{-TAG}: given=TAG={-2}"],
    "docker push org/app:dev\n": [],
    "docker build -t org/app:$1 .\n": [],
    "steps:\n- run: make -C shop docker-push TAG=dev\n": ["2 calls : was=docker-push files=shop given=TAG=dev"],
    "steps:\n- run: cd shop && make push TAG=$SHA image\n": ["2 calls : was=push image files=shop given=TAG=*"],
    "steps:\n- run: make push\n": [],
    "We make push TAG=dev work, just push dev, and do the task release TAG=dev.\n": [],
    "sudo make push TAG=dev\n": ["1 calls : was=push given=TAG=dev"],
    "RUN make push TAG=dev\n": ["1 calls : was=push given=TAG=dev"],
    "# make push TAG=dev\n": [],
    "echo make push TAG=dev\n": [],
    "steps:\n- run: bash ci/push.sh dev image\n": ["2 calls : files=ci/push.sh given=1=dev,2=*"],
    "steps:\n- run: ./push.sh\n": [],
    "./push.sh quay.io/org/app:x v1.2 hunter2 Secret1\n": [
        "1 calls : files=./push.sh given=1=quay.io/org/app:x,2=v1.2,3=*,4=*"
    ],
    "steps:\n- run: make push IMAGE_TOKEN=hunter2 OTHER=hunter2 TAG=x\n": [
        "2 calls : was=push given=IMAGE_TOKEN=*,OTHER=*,TAG=x"
    ],
    "- uses: ./.github/actions/push\n  with: {tag: dev, image: org/app}\n": [
        "1 calls : files=.github/actions/push given=tag=dev,image=org/app"
    ],
    "- uses: docker/build-push-action@v6\n  with:\n    push: true\n    tags: org/app:${{ inputs.tag }}\n": [
        "4 open org/app:{-tag}:"
    ],
    "- uses: docker/build-push-action@v6\n  with:\n    tags: org/app:${{ inputs.tag }}\n": [],
}


@pytest.mark.parametrize("text", PASSED)
def test_what_texts_pass_to_one_another(text: str) -> None:
    facts = [fact for fact in images_in(text) if fact.deed in ("open", "calls")]
    given = [" given=" + ",".join(fact.given) if fact.given else "" for fact in facts]
    assert [told(fact) + more for fact, more in zip(facts, given, strict=True)] == PASSED[text]


SETS = {
    "IMAGE=org/app\nTAG ?= dev\nAPP=hunter2\nIMAGE_TOKEN=hunter2\nDB_URL=postgres://me:hunter2@db\n": (
        "",
        "IMAGE=org/app,TAG=dev",
    ),
    "include a.mk hack/*.mk $(ROOT)/b.mk\nIMG := $(REPO)/app\n": ("a.mk,hack/*.mk,b.mk", "IMG={-REPO}/app"),
    '. "$(dirname "$0")/vars.sh"\nsource .env\nREGISTRY=quay.io\n': ("vars.sh,.env", "REGISTRY=quay.io"),
    "include:\n  - local: /ci/a.yml\nvariables:\n  IMAGE: org/app\n": ("ci/a.yml", "IMAGE=org/app"),
    "include the image: registry=yes\n": None,
    "variables:\n  IMAGE: org/app\n": None,
}


@pytest.mark.parametrize("text", SETS)
def test_what_texts_give_to_those_that_they_include(text: str) -> None:
    found = [(",".join(f.files), ",".join(f.given)) for f in images_in(text, script=True) if f.deed == "sets"]
    expected = SETS[text]
    assert found == ([expected] if expected else [])
