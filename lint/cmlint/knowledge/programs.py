"""Programs in containers: which bases of images hold none of their own, and which variables libraries read."""

from __future__ import annotations

_RUNTIMES = """
    scratch alpine debian ubuntu busybox centos fedora rockylinux almalinux amazonlinux photon wolfi-base ubi
    ubi-minimal ubi-micro ubi8 ubi9 ubi8-minimal ubi9-minimal oraclelinux opensuse archlinux base-debian base-ubuntu
    python node golang openjdk eclipse-temurin amazoncorretto adoptopenjdk zulu-openjdk zulu-openjdk-alpine sapmachine
    liberica-openjdk-alpine liberica-openjdk-debian liberica-openjre-alpine ibm-semeru-runtimes java jdk jre graalvm
    graalvm-ce jdk-community maven gradle bun deno ruby php rust elixir erlang perl swift dart haskell julia r-base
    aspnet runtime runtime-deps sdk dotnet static static-debian11 static-debian12 base base-debian10 base-debian11
    base-debian12 base-nossl-debian12 cc cc-debian11 cc-debian12 java-debian10 java17-debian11 java17-debian12
    java21-debian12 nodejs-debian11 nodejs-debian12 nodejs18-debian11 nodejs18-debian12 nodejs20-debian11
    nodejs20-debian12 nodejs22-debian12 python3 python3-debian11 python3-debian12 cuda pytorch tensorflow miniconda3
    miniconda micromamba uv playwright buildpack-deps tomcat debian-base alpine-base git
"""
RUNTIMES = frozenset(_RUNTIMES.split())
"""The last parts of the names of images that hold a system or a language, and no program of their own."""

_PREFIXES = """
    OTEL_ AWS_ JAVA_ JDK_ JVM_ NODE_ NPM_ YARN_ SPRING_ SERVER_ MANAGEMENT_ LOGGING_ QUARKUS_ MICRONAUT_ KC_ PYTHON
    DJANGO_ FLASK_ GUNICORN_ UVICORN_ CELERY_ AIRFLOW_ WEB_ RAILS_ RACK_ BUNDLE_ PHP_ APACHE_ COMPOSER_ DOTNET_
    ASPNETCORE_ NUGET_ GRPC_ GOOGLE_ GCP_ GCLOUD_ CLOUDSDK_ AZURE_ AAD_ KUBERNETES_ KUBE K8S_ POD_ CONTAINER_
    HELM_ DD_ DATADOG_ SENTRY_ NEW_RELIC_ ELASTIC_APM_ JAEGER_ ZIPKIN_ PROMETHEUS_ STATSD_ HONEYCOMB_ MYSQL_
    MARIADB_ MONGO_INITDB_ POSTGRES_ RABBITMQ_ REDISCLI_ KAFKA_HEAP_ KAFKA_OPTS CATALINA_ TOMCAT_ JETTY_ HTTP_ HTTPS_
    NO_PROXY ALL_PROXY SSL_ TLS_ CURL_ REQUESTS_ LC_ LD_ MALLOC_ OMP_ MKL_ OPENBLAS_ CUDA_ NVIDIA_ NCCL_ TF_
    TORCH_ PYTORCH_ HF_ HUGGINGFACE_ TRANSFORMERS_ SENTENCE_ TOKENIZERS_ OPENAI_ ANTHROPIC_ COHERE_ MISTRAL_ GROQ_
    LANGCHAIN_ LANGSMITH_ LANGFUSE_ WANDB_ MLFLOW_ STREAMLIT_ GRADIO_ JUPYTER_ RAY_ SPARK_ HADOOP_ DASK_ PREFECT_
    DAGSTER_ DBT_ NEXT_ NUXT_ NITRO_ VITE_ REACT_APP_ VUE_APP_ GATSBY_ PUBLIC_ EXPO_ ANGULAR_ NG_ PRISMA_ TYPEORM_
    SEQUELIZE_ NEXTAUTH_ CLERK_ FIREBASE_ SUPABASE_ STRIPE_ TWILIO_ SENDGRID_ VAULT_ CONSUL_ NOMAD_ DAPR_ ISTIO_
    ENVOY_ LINKERD_ K_ FUNCTION_ RUST_ CARGO_ RUBY ERL_ ELIXIR_ RELEASE_ PHX_ XDG_ DEBIAN_ PIP_ POETRY_ UV_
    CONDA_ CHROME_ PUPPETEER_ PLAYWRIGHT_ SELENIUM_ GIT_ SSH_ GPG_ DOCKER_ MINIO_ AUTH0_ OIDC_ OAUTHLIB_
    LITELLM_ OLLAMA_ CHROMA_ QDRANT_ WEAVIATE_ PINECONE_ ELASTIC_ OPENSEARCH_ TEMPORAL_ COREHOST_ COMPlus_
    EUREKA_ KEYCLOAK_ SPRINGDOC_ RESILIENCE4J_ FEIGN_ ZUUL_ HYSTRIX_ JHIPSTER_ ORLEANS_ LOG4J_ LOGBACK_ JMX_ MAVEN_
    GRADLE_
"""
PREFIXES = tuple(_PREFIXES.split())
"""How the names of variables begin that libraries, languages, platforms and builds of web pages read by themselves."""

_NAMES = """
    PORT HOST ENV ENVIRONMENT STAGE PROFILE MODE VERSION NAMESPACE REGION LOG_LEVEL LOGLEVEL WORKERS THREADS TIMEOUT
    CONCURRENCY MAX_WORKERS DATABASE_DIALECT WEB_CONCURRENCY APP_ENV APP_NAME APP_VERSION SERVICE_NAME SERVICE_VERSION
    HOSTNAME HOME PATH USER SHELL TERM PWD TMP TEMP TMPDIR TZ LANG LANGUAGE DISPLAY CI DEBUG
"""
NAMES = frozenset(_NAMES.split())
"""The names that are read by many different programs, so that none of them says anything."""

_LIBRARY = """
    PGHOST PGHOSTADDR PGPORT PGUSER PGPASSWORD PGPASSFILE PGDATABASE PGDATA PGOPTIONS PGSSLMODE PGSSLCERT PGSSLKEY
    PGSSLROOTCERT PGAPPNAME PGSERVICE PGCONNECT_TIMEOUT PGTZ GOMAXPROCS GOMEMLIMIT GOGC GODEBUG GOTRACEBACK GOPATH
    GOROOT GOPROXY GOFLAGS GOENV GOPRIVATE GOTOOLCHAIN AUTH_SECRET AUTH_URL AUTH_TRUST_HOST
"""
LIBRARY = NAMES | frozenset(_LIBRARY.split())
"""With them, the names that libraries and languages read."""

_VARIANTS = """
    RO RW READ WRITE READONLY READER WRITER REPLICA REPLICAS SECONDARY PRIMARY SLAVE MASTER BACKUP OLD NEW LEGACY TEST
    MIN MAX INTERNAL EXTERNAL PUBLIC PRIVATE ADMIN
"""
VARIANTS = frozenset(_VARIANTS.split())
"""The words of a name that another name lacks on purpose: `DB_HOST` is not meant by `DB_HOST_RO`."""

SYNONYMS = {
    "ADDRESS": "HOST",
    "ADDR": "HOST",
    "HOSTNAME": "HOST",
    "URI": "URL",
    "USERNAME": "USER",
    "PASS": "PASSWORD",
    "PASSWD": "PASSWORD",
    "PWD": "PASSWORD",
    "DATABASE": "DB",
}
"""The words in names of variables that mean the same, each by the one that represents it."""

VARIABLE = r"[A-Z][A-Z0-9]*(?:_+[A-Z0-9]+)*"
"""The form of names that are compared."""


def is_runtime(base: str) -> bool:
    """Whether an image that others begin with holds no program of its own, by its name."""
    name = base.partition("@")[0]
    head, colon, tag = name.rpartition(":")
    name = head if colon and "/" not in tag else name
    return name.rpartition("/")[2].lower() in RUNTIMES or "distroless" in name or name.startswith("cgr.dev/chainguard/")


def is_library(name: str) -> bool:
    """Whether a library or the platform may read a variable, by its name."""
    return name in LIBRARY or name.startswith(PREFIXES)
