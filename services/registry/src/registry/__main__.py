from common.process import main
from registry.service import SERVICE

main(SERVICE)
