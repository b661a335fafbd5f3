#!/usr/bin/env bash
# Sees to what the tests need besides Go and Node: PostgreSQL's server binaries,
# Chromium with Chinese fonts, and versitygw (the tests start private servers of their own). Installs them on Debian when it
# may, and says plainly what is missing elsewhere.
set -euo pipefail

have_postgres() {
	[ -n "${MINGJING_TEST_POSTGRES:-}" ] && return 0
	command -v initdb >/dev/null && command -v postgres >/dev/null && return 0
	ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1
}

if ! have_postgres; then
	if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
		echo "prepare: installing PostgreSQL for the tests"
		# No cluster of the system's own: the tests make theirs.
		mkdir -p /etc/postgresql-common
		[ -e /etc/postgresql-common/createcluster.conf ] || echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.conf
		apt-get update -qq
		DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends postgresql >/dev/null
	else
		echo "prepare: MISSING PostgreSQL (initdb, postgres). Install PostgreSQL 15 or later, or set MINGJING_TEST_POSTGRES=postgres://… to a server where databases may be created." >&2
		exit 1
	fi
fi
have_chromium() { [ -n "${CHROMIUM:-}" ] || [ -x /usr/bin/chromium ] || [ -x /usr/bin/chromium-browser ] || [ -x /usr/bin/google-chrome ]; }
if ! have_chromium; then
	if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
		echo "prepare: installing Chromium for the stories of the console"
		apt-get update -qq
		DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-noto-cjk >/dev/null
	else
		echo "prepare: MISSING Chromium. Install the package chromium, or set CHROMIUM to its path." >&2
		exit 1
	fi
fi
# The S3 server that attachments are tested on. Without it those tests are skipped, loudly.
versitygw=v1.8.0
if ! command -v versitygw >/dev/null && [ ! -x bin/tools/versitygw ] && [ -z "${MINGJING_VERSITYGW:-}" ]; then
	echo "prepare: installing versitygw $versitygw for the tests"
	GOBIN="$PWD/bin/tools" CGO_ENABLED=0 ${GO:-go} install "github.com/versity/versitygw/cmd/versitygw@$versitygw" ||
		echo "prepare: versitygw could not be installed: attachments will NOT be tested on S3" >&2
fi
for tool in python3 javac; do
	command -v "$tool" >/dev/null || echo "prepare: $tool is not here: the sample client in that language will be skipped, loudly" >&2
done
[ -d ../shared/data ] || echo "prepare: ../shared is not here: checks against its files will be skipped, with a count" >&2
