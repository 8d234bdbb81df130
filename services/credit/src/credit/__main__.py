from common.process import main
from credit.service import SERVICE

main(SERVICE)
