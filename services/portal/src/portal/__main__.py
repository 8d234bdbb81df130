from common.process import main
from portal.service import SERVICE

main(SERVICE)
