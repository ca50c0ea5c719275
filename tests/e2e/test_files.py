"""The whole service, with its files sealed and in a bucket that fails one request of ten."""

from pathlib import Path

from tests.e2e.running import ended, running, send_example
from tests.s3 import a_store
from unifax.documents.pages import same_pages
from unifax.model.fax import FaxState


def test_a_fax_arrives_whose_files_are_sealed_in_a_bucket(tmp_path: Path) -> None:
    key = tmp_path / "master.key"
    key.write_text("ab" * 32)
    with a_store() as (bucket, faults):
        faults.percent = 10
        settings = {
            "UNIFAX_FILES__STORE": f"s3://{bucket.name}/{bucket.prefix}",
            "UNIFAX_FILES__ENDPOINT": bucket.endpoint,
            "UNIFAX_FILES__ACCESS_KEY": bucket.access_key,
            "UNIFAX_FILES__SECRET_KEY": bucket.secret_key,
            "UNIFAX_FILES__MASTER_KEY_FILE": str(key),
        }
        with running(tmp_path / "data", settings) as service, service.client() as client:
            faxes = [send_example(client) for _ in range(3)]
            for fax_id in faxes:
                fax = ended(client, fax_id)
                assert fax.state is FaxState.SENT, fax
                (call,) = [call for call in fax.recipients[0].calls if call.pages_confirmed]
                client.document(fax_id, tmp_path / "sent.tif")
                received = service.data / "sandbox" / "7778888" / f"{call.call_id}.tif"
                assert same_pages(tmp_path / "sent.tif", received) is None
            in_the_folder = [file for file in (service.data / "blobs").rglob("*") if file.is_file()]
            assert {file.parent.parent.name for file in in_the_folder} == {"copies"}
            assert all(file.read_bytes().startswith(b"unifax1\n") for file in in_the_folder)
