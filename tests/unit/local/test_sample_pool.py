"""The sample pool is declared with the sample municipalities and says that it is one."""

from deploy.local.declared import SAMPLE_TENANTS, sample_tenants
from shared.declare import read
from shared.pools import Pool


def test_the_sample_municipalities_share_a_sample_pool() -> None:
    (pool,) = [resource for resource in read([SAMPLE_TENANTS]) if isinstance(resource, Pool)]
    assert pool.spec.sample and "サンプル" in pool.spec.name
    assert [member.tenant for member in pool.spec.members] == [tenant.id for tenant in sample_tenants()]
