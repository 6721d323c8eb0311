"""The store on real NFS clients: power cuts, outages, full disks. `packaging/dev.py test --nfs` runs it."""
