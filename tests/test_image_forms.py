"""What several files of a repository push together, in the syntax that the documentation of each system shows."""

from __future__ import annotations

import os

import pytest

from cmlint.bundle.proofs import Proofs
from cmlint.manifest.images import images_in
from cmlint.model.facts import FileFacts, ImageFact
from cmlint.sources import files

WORKFLOW = "jobs:\n  a:\n    steps:\n    - run: "
CALL = "jobs:\n  a:\n    uses: ./.github/workflows/push.yml\n    with:\n"
NAMED = "jobs:\n  a:\n    uses: REPO/.github/workflows/push.yml@main\n    with:\n      tag: dev\n"
REUSED = "on: {workflow_call: {inputs: {tag: {type: string}}}}\njobs:\n  p:\n    steps:\n"
REUSED += "    - run: docker push org/app:${{ inputs.tag }}\n"
JKUBE = (
    "kubernetes {\n  images {\n    image {\n      name = 'org/app:dev'\n      build { from = 'a:1' }\n    }\n  }\n}\n"
)
PLUGIN = "plugins { id 'org.eclipse.jkube.kubernetes' version '1.19.0' }\n"
PARAMETERS = "parameters:\n- name: tag\n  type: string\n- name: repository\n  type: string\njobs:\n- job: a\n  steps:\n"
TASK = "  - task: Docker@2\n    inputs:\n      command: COMMAND\n      repository: ${{ parameters.repository }}\n"
TASK += "      tags: ${{ parameters.tag }}\n"
TEMPLATE = "jobs:\n- template: ci/push.yml\n  parameters:\n    tag: dev\n    repository: org/app\n"
INCLUDED = "push:\n  script:\n  - docker push $IMAGE:$TAG\n"
GIVES = "variables:\n  IMAGE: org/app\n  TAG: dev\n"

JOBS = ".test:\n  script:\n  - make\n.push:\n  script:\n  - docker push org/app:$TAG\n"
FUNCTION = 'function "tags" {\n  params = [name, tag]\n  result = ["${ORG}/${name}:${tag}", "${ORG}/${name}:edge"]\n}\n'
FUNCTION += 'variable "ORG" {\n  default = "org"\n}\n'

FORMS: dict[str, tuple[dict[str, str], list[str]]] = {
    "jkube": (
        {"build.gradle": PLUGIN + JKUBE, "ci.sh": "#!/bin/sh\n./gradlew k8sBuild k8sPush\n"},
        ["org/app:dev", "{gradle}:"],
    ),
    "jkube kotlin": (
        {
            "build.gradle.kts": (PLUGIN + JKUBE).replace("'", '"'),
            ".github/workflows/a.yml": WORKFLOW + "./gradlew k8sPush\n",
        },
        ["org/app:dev", "{gradle}:"],
    ),
    "jkube property": ({"ci.sh": "#!/bin/sh\n./gradlew k8sPush -Pjkube.image.name=org/app:dev\n"}, ["org/app:dev"]),
    "jkube without a push": ({"build.gradle": PLUGIN + JKUBE, "ci.sh": "#!/bin/sh\n./gradlew build k8sBuild\n"}, []),
    "jib kotlin": (
        {
            "build.gradle.kts": 'jib {\n  to {\n    auth { username = "x" }\n    image = "org/app"\n'
            '    tags = setOf("dev")\n  }\n}\n'
        },
        ["org/app:", "org/app:dev"],
    ),
    "jib with a variable": (
        {"build.gradle": "def registry = 'org'\njib {\n  to {\n    image = \"${registry}/app:dev\"\n  }\n}\n"},
        ["org/app:dev"],
    ),
    "jib with properties": (
        {
            "app/build.gradle": "plugins { id 'com.google.cloud.tools.jib' version '3.4.0' }\n"
            'jib {\n  to {\n    image = "${imageRegistry}/app:$imageTag"\n  }\n}\n',
            "gradle.properties": "imageRegistry=org\nimageTag=dev\n",
        },
        ["*/app:*", "org/app:dev"],
    ),
    "jib with properties of another build": (
        {
            "app/build.gradle": 'jib {\n  to {\n    image = "${imageRegistry}/app:$imageTag"\n  }\n}\n',
            "other/gradle.properties": "imageRegistry=org\nimageTag=dev\n",
        },
        ["*/app:*"],
    ),
    "bootBuildImage": (
        {"build.gradle": "bootBuildImage {\n  imageName = 'org/app:dev'\n  publish = true\n}\n"},
        ["org/app:dev"],
    ),
    "bootBuildImage kotlin": (
        {
            "build.gradle.kts": 'tasks.named<BootBuildImage>("bootBuildImage") {\n  imageName.set("org/app:dev")\n'
            "  publish.set(true)\n}\n"
        },
        ["org/app:dev"],
    ),
    "bootBuildImage alone": ({"build.gradle": "bootBuildImage {\n  imageName = 'org/app:dev'\n}\n"}, []),
    "powershell": (
        {"push.ps1": '$registry = "org"\n$tag = \'dev\'\n& docker push "$registry/app:$tag"\n'},
        ["org/app:dev"],
    ),
    "powershell of variables": (
        {"push.ps1": '$Image = "org/app"\n$Tag = "dev"\n$full = "${Image}:${Tag}"\ndocker push $full\n'},
        ["org/app:dev"],
    ),
    "powershell parameters": (
        {"push.ps1": 'param(\n  [string]$Tag = "dev",\n  [string]$Image = "org/app"\n)\ndocker push "${Image}:$Tag"\n'},
        ["org/app:dev"],
    ),
    "powershell environment": ({"push.ps1": "$env:TAG = 'dev'\ndocker push \"org/app:$env:TAG\"\n"}, ["org/app:dev"]),
    "powershell of a command": ({"push.ps1": "$tag = git rev-parse HEAD\ndocker push org/app:$tag\n"}, ["org/app:*"]),
    "powershell joined": (
        {"push.ps1": '$registry = "org"\n$image = $registry + "/app:" + "dev"\ndocker push $image\n'},
        ["org/app:dev"],
    ),
    "powershell joined with what is not known": (
        {
            "push.ps1": '$image = "org/app:" + (Get-Date)\n$other = "org/web:" + $tag\n'
            "docker push $image\ndocker push $other\n"
        },
        ["org/web:*"],
    ),
    "powershell formatted": (
        {"push.ps1": '$registry = "org"\n$image = "{0}/{1}:{2}" -f $registry, "app", \'dev\'\ndocker push $image\n'},
        ["org/app:dev"],
    ),
    "powershell formatted with too little": (
        {"push.ps1": '$image = "org/{0}:{1}" -f "app"\ndocker push $image\n'},
        ["org/app:*"],
    ),
    "jenkins method": (
        {
            "Jenkinsfile": 'def pushImage(name, String tag) {\n  sh "docker push org/${name}:${tag}"\n}\n'
            "node {\n  pushImage('app', 'dev')\n  pushImage(NAME, 'dev')\n  pushImage('web')\n}\n"
        },
        ["org/*:*", "org/*:dev", "org/app:dev"],
    ),
    "jenkins over lines": (
        {"Jenkinsfile": "node {\n docker.build(\n  'org/app',\n  '-f Dockerfile .'\n ).push(\n  'dev'\n )\n}\n"},
        ["org/app:dev"],
    ),
    "jenkins script over lines": (
        {"Jenkinsfile": 'def tag = \'dev\'\nnode { sh """\n  docker push org/app:${tag}\n""" }\n'},
        ["org/app:dev"],
    ),
    "bake matrix": (
        {
            "docker-bake.hcl": 'target "all" {\n  name = "t-${svc}"\n  matrix = { svc = ["app", "web"] }\n'
            '  tags = ["org/${svc}:dev"]\n}\n',
            "ci.sh": "#!/bin/sh\ndocker buildx bake --push\n",
        },
        ["org/app:dev", "org/web:dev", "{bake}:"],
    ),
    "earthly": (
        {
            "Earthfile": "VERSION 0.8\napp:\n  FROM alpine\n  ARG --required TAG\n  SAVE IMAGE --push org/app:$TAG\n"
            "all:\n  BUILD +app --TAG=dev\n"
        },
        ["org/app:*", "org/app:dev"],
    ),
    "nx": (
        {
            "apps/a/project.json": '{"targets": {"container": {"executor": "@nx-tools/nx-container:build", '
            '"options": {"push": true, "tags": ["org/app:dev"]}}}}\n'
        },
        ["org/app:dev"],
    ),
    "nx without a push": (
        {
            "apps/a/project.json": '{"targets": {"container": {"executor": "@nx-tools/nx-container:build", '
            '"options": {"load": true, "tags": ["org/app:dev"]}}}}\n'
        },
        [],
    ),
    "pulumi": (
        {
            "Pulumi.yaml": "runtime: yaml\nresources:\n  app:\n    type: docker:Image\n"
            "    properties: {imageName: 'org/app:dev'}\n"
        },
        ["org/app:dev"],
    ),
    "pulumi without a push": (
        {
            "Pulumi.yaml": "runtime: yaml\nresources:\n  app:\n    type: docker:Image\n"
            "    properties: {imageName: 'org/app:dev', skipPush: true}\n"
            "  web:\n    type: docker-build:Image\n    properties: {tags: ['org/web:dev']}\n"
        },
        [],
    ),
    "azure template": (
        {"azure-pipelines.yml": TEMPLATE, "ci/push.yml": PARAMETERS + TASK.replace("COMMAND", "buildAndPush")},
        ["*/org/app:dev"],
    ),
    "azure template of a build": (
        {"azure-pipelines.yml": TEMPLATE, "ci/push.yml": PARAMETERS + TASK.replace("COMMAND", "build")},
        [],
    ),
    "azure template of a script": (
        {
            "ci/azure-pipelines.yml": "steps:\n- template: templates/push.yml\n  parameters: {tag: dev}\n",
            "ci/templates/push.yml": "parameters:\n  tag: ''\nsteps:\n"
            "- bash: docker push org/app:${{ parameters.tag }}\n",
        },
        ["org/app:dev"],
    ),
    "gitlab include": (
        {".gitlab-ci.yml": "include: '/ci/push.yml'\n" + GIVES, "ci/push.yml": INCLUDED},
        ["org/app:dev"],
    ),
    "gitlab includes": (
        {".gitlab-ci.yml": "include:\n  - ci/push.yml\n" + GIVES, "ci/push.yml": INCLUDED},
        ["org/app:dev"],
    ),
    "gitlab without an include": ({".gitlab-ci.yml": GIVES, "ci/push.yml": INCLUDED}, []),
    "gitlab inputs": (
        {
            ".gitlab-ci.yml": "include:\n  - local: /ci/push.yml\n    inputs:\n      tag: dev\n",
            "ci/push.yml": "spec:\n  inputs:\n    tag:\n---\npush:\n  script:\n"
            "  - docker push org/app:$[[ inputs.tag ]]\n",
        },
        ["org/app:*", "org/app:dev"],
    ),
    "gitlab extends": (
        {
            ".gitlab-ci.yml": ".push:\n  script:\n  - docker push org/app:$TAG\n"
            "dev:\n  extends: .push\n  variables:\n    TAG: dev\nprod:\n  extends: .push\n  variables:\n    TAG: prod\n"
        },
        ["org/app:dev", "org/app:prod"],
    ),
    "gitlab extends of an included job": (
        {
            ".gitlab-ci.yml": "include:\n- local: /ci/push.yml\ndev:\n  extends: .push\n  variables:\n    TAG: dev\n"
            "prod:\n  extends: [.push]\n  variables:\n    TAG: prod\n",
            "ci/push.yml": JOBS,
        },
        ["org/app:*", "org/app:dev", "org/app:prod"],
    ),
    "gitlab reference to an included job": (
        {
            ".gitlab-ci.yml": "include: ci/push.yml\ndev:\n  script:\n  - !reference [.push, script]\n"
            "  variables:\n    TAG: dev\nprod:\n  script: [make]\n  variables:\n    TAG: prod\n",
            "ci/push.yml": JOBS,
        },
        ["org/app:*", "org/app:dev"],
    ),
    "gitlab extends of another job": (
        {
            ".gitlab-ci.yml": "include: ci/push.yml\ndev:\n  extends: .test\n  variables:\n    TAG: dev\n"
            "prod:\n  extends: .test\n  variables:\n    TAG: prod\n",
            "ci/push.yml": JOBS,
        },
        ["org/app:*"],
    ),
    "gitlab extends of another project": (
        {
            ".gitlab-ci.yml": "include:\n- project: other/ci\n  file: /ci/push.yml\ndev:\n  extends: .push\n"
            "  variables:\n    TAG: dev\nprod:\n  extends: .push\n  variables:\n    TAG: prod\n",
            "ci/push.yml": JOBS,
        },
        ["org/app:*"],
    ),
    "bake function": (
        {
            "docker-bake.hcl": FUNCTION
            + 'target "app" {\n  tags = tags("app", "dev")\n  output = ["type=registry"]\n}\n',
        },
        ["org/app:dev", "org/app:edge"],
    ),
    "bake functions in a list": (
        {
            "docker-bake.hcl": FUNCTION + 'target "app" {\n  tags = concat(tags("app", "dev"), tags("web", SHA))\n}\n',
            "ci.sh": "#!/bin/sh\ndocker buildx bake --push\n",
        },
        ["org/app:dev", "org/app:edge", "org/web:*", "org/web:edge", "{bake}:"],
    ),
    "bake function beside a tag": (
        {
            "docker-bake.hcl": 'function "tag" {\n  params = [tag]\n  result = "org/app:${tag}"\n}\n'
            'target "app" {\n  tags = [tag("dev"), "org/app:edge"]\n  output = ["type=registry"]\n}\n',
        },
        ["org/app:dev", "org/app:edge"],
    ),
    "bake function with a condition": (
        {
            "docker-bake.hcl": 'function "tag" {\n  params = [tag]\n  result = tag == "" ? [] : ["org/app:${tag}"]\n}\n'
            'target "app" {\n  tags = tag("dev")\n  output = ["type=registry"]\n}\n',
        },
        ["org/app:dev"],
    ),
    "bake function with a condition in a list": (
        {
            "docker-bake.hcl": 'variable "TAG" {\n  default = "dev"\n}\nfunction "tag" {\n  params = [name]\n'
            '  result = [notequal("", TAG) ? "org/${name}:${TAG}" : "", "org/${name}:edge"]\n}\n'
            'target "app" {\n  tags = tag("app")\n  output = ["type=registry"]\n}\n',
        },
        ["org/app:dev", "org/app:edge"],
    ),
    "bake tags with conditions": (
        {
            "docker-bake.hcl": 'target "app" {\n  tags = [\n    equal(BRANCH, "org/other:1") ? "" : "org/app:dev",\n'
            '    MODE == "org/mode" ? "org/app:edge" : "",\n  ]\n  output = ["type=registry"]\n}\n',
        },
        ["org/app:dev", "org/app:edge"],
    ),
    "jenkins joined strings": (
        {"Jenkinsfile": "def image = 'org/app'\nnode {\n  sh 'docker push ' + image + ':dev'\n}\n"},
        ["org/app:dev"],
    ),
    "jenkins joined words": (
        {"Jenkinsfile": 'node {\n  sh("docker push org/" + env.NAME + ":dev" +\n    " --quiet")\n}\n'},
        ["org/*:dev"],
    ),
    "jenkins joined in a loop": (
        {"Jenkinsfile": "for (s in ['app', 'web']) {\n  sh 'docker push org/' + s + ':dev'\n}\n"},
        ["org/app:dev", "org/web:dev"],
    ),
    "jenkins variables joined of strings": (
        {
            "Jenkinsfile": "pipeline {\n  environment {\n    ORG = 'org'\n    IMAGE = \"${ORG}\" + '/' + env.APP\n"
            "    APP = 'app'\n    FULL = IMAGE + ':dev'\n  }\n  steps { sh 'docker push $FULL' }\n}\n"
        },
        ["org/app:dev"],
    ),
    "jenkins variables joined with a call": (
        {"Jenkinsfile": "def image = 'org/app' + suffix('a')\nnode {\n  sh \"docker push ${image}:dev\"\n}\n"},
        [],
    ),
    "jenkins withEnv": (
        {"Jenkinsfile": "withEnv(['IMAGE=org/app', \"TAG=dev\"]) {\n  sh 'docker push $IMAGE:$TAG'\n}\n"},
        ["org/app:dev"],
    ),
    "jenkins withEnv of two values": (
        {
            "Jenkinsfile": "withEnv(['TAG=dev']) {\n  sh 'make'\n}\nwithEnv(['TAG=edge']) {\n"
            "  sh 'docker push org/app:$TAG'\n}\n"
        },
        ["org/app:*"],
    ),
    "jenkins joined with a call": ({"Jenkinsfile": "node {\n  sh 'docker push ' + nameOf('a') + ':dev'\n}\n"}, []),
    "jenkins printed": ({"Jenkinsfile": "node {\n  echo 'docker push ' + image + ':dev'\n}\n"}, []),
    "jenkins commented": ({"Jenkinsfile": "node {\n  // sh 'docker push ' + image + ':dev'\n}\n"}, []),
    "workflow with a matrix": (
        {
            ".github/workflows/a.yml": CALL.replace(
                "    uses", "    strategy:\n      matrix:\n        name: [app, web]\n    uses"
            )
            + "      name: ${{ matrix.name }}\n      tag: dev\n",
            ".github/workflows/push.yml": "on: {workflow_call: {inputs: {name: {type: string}, tag: {type: string}}}}\n"
            "jobs:\n  p:\n    steps:\n    - run: docker push org/${{ inputs.name }}:${{ inputs.tag }}\n",
        },
        ["org/*:*", "org/app:dev", "org/web:dev"],
    ),
    "workflow by the name of its own repository": (
        {".github/workflows/a.yml": NAMED.replace("REPO", "Me/repo"), ".github/workflows/push.yml": REUSED},
        ["org/app:*", "org/app:dev"],
    ),
    "workflow of another repository": (
        {".github/workflows/a.yml": NAMED.replace("REPO", "me/other"), ".github/workflows/push.yml": REUSED},
        ["org/app:*"],
    ),
    "script beside the caller": (
        {
            "a/ci.sh": "#!/bin/sh\n./push.sh dev\n",
            "a/push.sh": "#!/bin/sh\ndocker push org/app:$1\n",
            "b/push.sh": "#!/bin/sh\ndocker push org/web:$1\n",
        },
        ["org/app:*", "org/app:dev", "org/web:*"],
    ),
    "script of one of several folders": (
        {
            "ci.sh": "#!/bin/sh\n./push.sh dev\n",
            "a/push.sh": "#!/bin/sh\ndocker push org/app:$1\n",
            "b/push.sh": "#!/bin/sh\ndocker push org/web:$1\n",
        },
        ["org/app:*", "org/app:dev", "org/web:*", "org/web:dev"],
    ),
    "workflow with metadata": (
        {
            ".github/workflows/a.yml": CALL + "      image: org/app\n",
            ".github/workflows/push.yml": "on: {workflow_call: {inputs: {image: {type: string}}}}\n"
            "jobs:\n  p:\n    steps:\n"
            "    - id: meta\n      uses: docker/metadata-action@v5\n      with:\n        images: ${{ inputs.image }}\n"
            "        tags: type=raw,value=dev\n"
            "    - uses: docker/build-push-action@v6\n      with:\n        push: true\n"
            "        tags: ${{ steps.meta.outputs.tags }}\n",
        },
        ["*:dev", "org/app:dev"],
    ),
    "composite action": (
        {
            ".github/workflows/a.yml": "jobs:\n  a:\n    steps:\n"
            "    - uses: ./.github/actions/push\n      with: {tag: dev}\n",
            ".github/actions/push/action.yml": "inputs: {tag: {required: true}}\nruns:\n  using: composite\n  steps:\n"
            "  - run: docker push org/app:${{ inputs.tag }}\n    shell: bash\n",
        },
        ["org/app:*", "org/app:dev"],
    ),
}


@pytest.mark.parametrize("name", FORMS)
def test_what_files_push_together(name: str) -> None:
    texts, pushed = FORMS[name]
    found = [(path, FileFacts((), images=images_of(path, text))) for path, text in texts.items()]
    proofs = Proofs(found, remote="me/repo").found
    assert sorted({f"{one.fact.name}:{one.fact.tag}" for one in proofs if one.fact.deed == "pushed"}) == pushed


def images_of(path: str, text: str) -> tuple[ImageFact, ...]:
    """What a file does to images, if it is read at all."""
    name = os.path.basename(path)
    script = not name.endswith((".yaml", ".yml", ".json"))
    assert not script or files.handles_images(text.encode(), name)
    return images_in(text, script=script)
