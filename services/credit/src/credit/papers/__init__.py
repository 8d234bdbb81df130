"""Papers of credit points (Konversi, Akumulasi, PAK): numbered without gaps, signed when handed out, checked by whoever has one."""
