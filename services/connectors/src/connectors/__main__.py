from common.process import main
from connectors.service import SERVICE

main(SERVICE)
